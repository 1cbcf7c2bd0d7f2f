// Unpacked rows of depthwise taps: every width, each kind of pairs, both factors.

#include <gtest/gtest.h>

#define mote mote_on_device
#include "mote/depthwise_conv_2d_row_slide.hpp"
#undef mote

namespace {

using mote_on_device::TapPairs;

template <int kWidth, TapPairs kPairs, bool kFitted>
void expect_pairs() {
  const std::int8_t weights[8] = {-128, 127, -1, 5, -77, 0, 100, -3};
  const auto tap = [&](int i) { return i < 0 || i >= kWidth ? 0 : weights[i] * (kFitted ? 256 : 2); };
  std::uint32_t words[9] = {};
  mote_on_device::unpack_tap_pairs<kWidth, kPairs, kFitted>(weights, words);
  int at = 0;
  const auto expect = [&](int first) {
    EXPECT_EQ(words[at], mote_on_device::pair_of(tap(first), tap(first + 1))) << "width " << kWidth << " word " << at;
    ++at;
  };
  if (kPairs == TapPairs::kOdd) {
    for (int i = -1; i < kWidth; i += 2) expect(i);
  } else if (kPairs == TapPairs::kEven || kWidth == 1) {
    for (int i = 0; i < kWidth; i += 2) expect(i);
  } else {
    for (int i = 0; i + 1 < kWidth; i += 2) expect(i);
    for (int i = 1; i + 1 < kWidth; i += 2) expect(i);
  }
  EXPECT_EQ(at, mote_on_device::tap_pair_words(kWidth, kPairs));
}

template <int kWidth>
void expect_all() {
  expect_pairs<kWidth, TapPairs::kBoth, true>();
  expect_pairs<kWidth, TapPairs::kBoth, false>();
  expect_pairs<kWidth, TapPairs::kEven, true>();
  expect_pairs<kWidth, TapPairs::kEven, false>();
  expect_pairs<kWidth, TapPairs::kOdd, true>();
  expect_pairs<kWidth, TapPairs::kOdd, false>();
}

TEST(TapPairs, AllWidths) {
  expect_all<1>();
  expect_all<2>();
  expect_all<3>();
  expect_all<4>();
  expect_all<5>();
  expect_all<6>();
  expect_all<7>();
  expect_all<8>();
}

}  // namespace
