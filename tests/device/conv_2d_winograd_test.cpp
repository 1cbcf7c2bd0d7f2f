// Winograd's transforms, tables and kernels, in their portable form, against plain convolutions.

#include "ops/winograd.hpp"

#include <random>

#include <gtest/gtest.h>

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/conv_2d_winograd.hpp"
#undef mote

namespace {

using mote::WinogradTile;

// The least and the most of each transformed value, for bytes 0 to 255: what the transforms do to one value at a time adds up.
template <typename Form>
void expect_values_to_fit() {
  constexpr int kPatch = Form::kPatch;
  const auto transformed = [](int at) {
    std::uint32_t down[kPatch][kPatch];
    for (int x = 0; x < kPatch; ++x) {
      std::uint32_t column[kPatch] = {}, result[kPatch];
      if (at >= 0 && at % kPatch == x) column[at / kPatch] = 0x10001U;
      Form::transform_down(column, result);
      for (int y = 0; y < kPatch; ++y) down[y][x] = result[y];
    }
    std::vector<std::int32_t> places(Form::kPlaces);
    for (int y = 0; y < kPatch; ++y) {
      std::uint32_t result[kPatch];
      Form::transform_across(down[y], result);
      for (int x = 0; x < kPatch; ++x) {
        const std::int32_t low = static_cast<std::int16_t>(result[x] & 0xFFFFU);
        EXPECT_EQ(result[x], static_cast<std::uint32_t>(low) * 0x10001U);
        places[static_cast<std::size_t>(Form::place(y, x))] = low;
      }
    }
    return places;
  };
  const auto lifts = transformed(-1);
  auto least = lifts, most = lifts;
  for (int at = 0; at < kPatch * kPatch; ++at) {
    const auto places = transformed(at);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::int32_t by = (places[i] - lifts[i]) * 255;
      (by < 0 ? least : most)[i] += by;
    }
  }
  for (std::size_t i = 0; i < lifts.size(); ++i) {
    EXPECT_GE(least[i], 0) << "place " << i;
    EXPECT_LE(most[i], INT16_MAX) << "place " << i;
  }
}

TEST(Winograd, TransformedValuesArePositiveInt16) {
  expect_values_to_fit<mote_on_device::Winograd4>();
  expect_values_to_fit<mote_on_device::Winograd2>();
  expect_values_to_fit<mote_on_device::WinogradStride2>();
}

TEST(Winograd, TransformedWeightsFitIntoInt16) {
  // Every place's worst case is the same sign pattern in all columns and rows: 2^9 patterns of extreme weights reach them all.
  for (const WinogradTile tile : {WinogradTile::k4, WinogradTile::k2, WinogradTile::kStride2}) {
    for (int pattern = 0; pattern < 512; ++pattern) {
      std::vector<std::int8_t> weights(9), halves(9);
      for (std::size_t i = 0; i < 9; ++i) {
        weights[i] = (pattern >> i & 1) != 0 ? -128 : 127;
        halves[i] = static_cast<std::int8_t>(weights[i] / 4);
      }
      const auto whole = mote::transformed_weights(tile, weights, 1, 1);
      const auto quarter = mote::transformed_weights(tile, halves, 1, 1);
      for (std::size_t i = 0; i < whole.size(); ++i) {
        const int value = static_cast<std::int16_t>(whole[i] & 0xFFFF);
        const int expected = 4 * static_cast<std::int16_t>(quarter[i] & 0xFFFF);
        EXPECT_LE(std::abs(value - expected), 3 * 49) << "wrapped";
        EXPECT_LE(std::abs(value), 6272);
      }
    }
  }
}

template <int32_t kH, int32_t kW, int32_t kIn, int32_t kOut, WinogradTile kTile, bool kSame, int32_t kStrip, bool kBytes,
          int32_t kGroup, int32_t kBatch = 1>
struct Shape {
  static constexpr int32_t stride = kTile == WinogradTile::kStride2 ? 2 : 1;
  static constexpr int32_t batch = kBatch, in_h = kH, in_w = kW, in_c = kIn, out_c = kOut;
  static constexpr int32_t out_h = kSame ? (kH + stride - 1) / stride : (kH - 3 + stride) / stride;
  static constexpr int32_t out_w = kSame ? (kW + stride - 1) / stride : (kW - 3 + stride) / stride;
  static constexpr int32_t before(int32_t in, int32_t out) {
    return kSame && (out - 1) * stride + 3 > in ? ((out - 1) * stride + 3 - in) / 2 : 0;
  }
  static constexpr int32_t pad_top = before(kH, out_h), pad_left = before(kW, out_w);
  static constexpr int32_t outputs = kTile == WinogradTile::k4 ? 4 : 2;
  static constexpr int32_t strip_tiles = kStrip != 0 ? kStrip : ((out_w + outputs - 1) / outputs + 1) / 2 * 2;
  static constexpr int32_t group_rows = kGroup;
  static constexpr bool from_bytes = kBytes;
  static constexpr bool keeps_row = kSame && stride == 1 && kIn == kOut && kStrip == 0;
  static constexpr WinogradTile tile = kTile;
};

template <typename S, int32_t kZero, int32_t kMin, int32_t kMax, bool kSigned>
struct Layer : S {
  using form = std::conditional_t<
      S::tile == WinogradTile::k4, mote_on_device::Winograd4,
      std::conditional_t<S::tile == WinogradTile::k2, mote_on_device::Winograd2, mote_on_device::WinogradStride2>>;
  static constexpr int32_t input_zero_point = kZero, clamp_min = kMin, clamp_max = kMax;
  static constexpr bool signed_zero = kSigned;
};

mote::Finish make_finish(int32_t zero_point, mote::Activation activation, std::vector<mote::Multiplier> multipliers) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return {tensor, activation, std::move(multipliers)};
}

/// Runs random and extreme data through one shape, out of place and, where allowed, in place.
template <typename S, int32_t kZero, int32_t kOutputZero, mote::Activation kActivation>
void run_with(unsigned seed) {
  constexpr bool kRelu = kActivation == mote::Activation::kRelu;
  using L = Layer<S, kZero, kRelu ? kOutputZero : -128, 127, (kRelu ? kOutputZero : -128) < kOutputZero>;
  std::mt19937 engine(seed);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine); };
  for (int round = 0; round < 6; ++round) {
    std::vector<std::int8_t> in(static_cast<std::size_t>(L::batch * L::in_h * L::in_w * L::in_c));
    for (auto& value : in) value = static_cast<std::int8_t>(round % 2 == 0 ? between(-128, 127) : between(0, 1) * 255 - 128);
    std::vector<std::int8_t> weights(static_cast<std::size_t>(9 * L::in_c * L::out_c));
    for (auto& weight : weights) weight = static_cast<std::int8_t>(round < 3 ? between(-128, 127) : between(0, 1) * 255 - 128);
    std::vector<mote::Multiplier> multipliers;
    std::vector<std::int32_t> bias, folded;
    for (int c = 0; c < L::out_c; ++c) {
      bias.push_back(between(-200000, 200000));
      int total = 0;
      for (int i = 0; i < 9 * L::in_c; ++i) total += weights[static_cast<std::size_t>(c * 9 * L::in_c + i)];
      folded.push_back(bias.back() - kZero * total);
      multipliers.push_back({between(1 << 30, INT32_MAX), -between(round == 5 ? 1 : 7, 12)});
      if (between(0, 9) == 0) multipliers.back() = {};
    }
    mote::Window window{L::batch, L::in_h,   L::in_w,   L::in_c, L::out_h, L::out_w,   L::out_c,   3,
                        3,        L::stride, L::stride, 1,       1,        L::pad_top, L::pad_left};
    const mote::Finish finish = make_finish(kOutputZero, kActivation, multipliers);
    const mote::WinogradSchedule schedule{S::tile, S::from_bytes, S::strip_tiles == 2 && !S::keeps_row, S::group_rows};
    const mote::WinogradConvolution convolution{window, weights, folded, finish, kZero};
    ASSERT_TRUE(convolution.applies(schedule));
    const mote::KernelCall call = convolution.lower(schedule);
    const auto words = [&](std::size_t i) {
      std::vector<std::int32_t> result(call.constants[i].bytes.size() / 4);
      std::memcpy(result.data(), call.constants[i].bytes.data(), call.constants[i].bytes.size());
      return result;
    };
    const auto kernel = [&](const std::int8_t* from, std::int8_t* to) {
      std::vector<std::uint32_t> scratch(static_cast<std::size_t>(call.scratch_bytes + 3) / 4, 0xA5A5A5A5U);
      auto* bytes = reinterpret_cast<std::uint8_t*>(scratch.data());
      if constexpr (S::from_bytes) {
        mote_on_device::conv_2d_winograd_bytes<L>(from, words(0).data(), words(1).data(), to, bytes);
      } else {
        mote_on_device::conv_2d_winograd<L>(from, words(0).data(), words(1).data(), to, bytes);
      }
    };
    std::vector<std::int8_t> expected;
    for (int b = 0; b < L::batch; ++b)
      for (int y = 0; y < L::out_h; ++y)
        for (int x = 0; x < L::out_w; ++x)
          for (int c = 0; c < L::out_c; ++c) {
            std::int32_t sum = bias[static_cast<std::size_t>(c)];
            for (int tap = 0; tap < 9; ++tap) {
              const int iy = y * L::stride - L::pad_top + tap / 3, ix = x * L::stride - L::pad_left + tap % 3;
              if (iy < 0 || ix < 0 || iy >= L::in_h || ix >= L::in_w) continue;
              for (int i = 0; i < L::in_c; ++i)
                sum += (in[static_cast<std::size_t>(((b * L::in_h + iy) * L::in_w + ix) * L::in_c + i)] - kZero) *
                       weights[static_cast<std::size_t>((c * 9 + tap) * L::in_c + i)];
            }
            expected.push_back(finish.apply<std::int8_t>(sum, static_cast<std::size_t>(c)));
          }
    std::vector<std::int8_t> out(expected.size(), 77);
    kernel(in.data(), out.data());
    EXPECT_EQ(out, expected) << "round " << round;
    if (call.in_place.empty()) continue;
    kernel(in.data(), in.data());
    EXPECT_EQ(in, expected) << "in place, round " << round;
  }
}

template <typename S>
void run() {
  run_with<S, -128, -128, mote::Activation::kRelu>(1);
  run_with<S, 127, 3, mote::Activation::kNone>(2);
  run_with<S, -3, -20, mote::Activation::kRelu>(3);
}

constexpr WinogradTile k4 = WinogradTile::k4, k2 = WinogradTile::k2, kTwoApart = WinogradTile::kStride2;

TEST(Winograd4, WholeTiles) { run<Shape<8, 8, 8, 8, k4, true, 0, false, 1>>(); }
TEST(Winograd4, TilesCutOff) { run<Shape<7, 10, 4, 6, k4, true, 0, false, 1>>(); }
TEST(Winograd4, OddChannelsAndBatch) { run<Shape<5, 13, 7, 7, k4, true, 0, false, 1, 2>>(); }
TEST(Winograd4, Valid) { run<Shape<9, 8, 3, 5, k4, false, 2, false, 1>>(); }
TEST(Winograd4, OneRow) { run<Shape<1, 6, 5, 5, k4, true, 0, false, 1>>(); }
TEST(Winograd4, OnePixel) { run<Shape<1, 1, 1, 1, k4, true, 0, false, 1>>(); }
TEST(Winograd4, PairsOfTiles) { run<Shape<9, 21, 12, 9, k4, true, 2, false, 1>>(); }
TEST(Winograd4, SumsNearTheLimit) { run<Shape<5, 4, 112, 4, k4, true, 0, false, 1>>(); }
TEST(Winograd4, FromBytes) { run<Shape<9, 12, 8, 8, k4, true, 0, true, 1>>(); }
TEST(Winograd4, FromBytesWholeImage) { run<Shape<10, 9, 5, 6, k4, true, 0, true, 3>>(); }
TEST(Winograd4, FromBytesInPlaceWholeImage) { run<Shape<10, 9, 6, 6, k4, true, 0, true, 3, 2>>(); }
TEST(Winograd2, WholeTiles) { run<Shape<6, 8, 4, 4, k2, true, 0, false, 1>>(); }
TEST(Winograd2, TilesCutOff) { run<Shape<7, 5, 6, 3, k2, true, 0, false, 1, 2>>(); }
TEST(Winograd2, ValidPairs) { run<Shape<8, 11, 9, 4, k2, false, 2, false, 1>>(); }
TEST(WinogradStride2, Even) { run<Shape<8, 12, 8, 8, kTwoApart, true, 0, false, 1>>(); }
TEST(WinogradStride2, Odd) { run<Shape<9, 7, 5, 6, kTwoApart, true, 0, false, 1, 2>>(); }
TEST(WinogradStride2, ValidPairs) { run<Shape<11, 14, 3, 9, kTwoApart, false, 2, false, 1>>(); }
TEST(WinogradStride2, FromBytes) { run<Shape<13, 10, 6, 7, kTwoApart, true, 0, true, 2>>(); }
TEST(WinogradStride2, OnePixel) { run<Shape<1, 2, 1, 1, kTwoApart, true, 0, false, 1>>(); }

TEST(Winograd, RefusesWhatItCannotProve) {
  const std::vector<std::int8_t> weights(9 * 116, -128);
  const auto channel = [&](WinogradTile tile, std::size_t in_c, std::int32_t bias, mote::Multiplier by) {
    return mote::winograd_channel(tile, std::span(weights).first(9 * in_c), bias, make_finish(0, mote::Activation::kNone, {by}),
                                  0);
  };
  const mote::Multiplier usual{1 << 28, -21};  // small enough that outputs differ
  // 9 * 115 * 128 * 128 = 16,957,440: with a bias, sums reach 2^25.
  EXPECT_TRUE(channel(k4, 115, (1 << 25) - 1 - 16'957'440, usual));
  EXPECT_FALSE(channel(k4, 115, (1 << 25) - 16'957'440, usual));
  EXPECT_TRUE(channel(k2, 115, (1 << 29) - 1 - 16'957'440, usual));
  EXPECT_FALSE(channel(k2, 115, (1 << 29) - 16'957'440, usual));
  EXPECT_TRUE(channel(kTwoApart, 115, (1 << 29) - 1 - 16'957'440, usual));
  EXPECT_FALSE(channel(kTwoApart, 115, (1 << 29) - 16'957'440, usual));
  EXPECT_FALSE(channel(k4, 1, 0, {1 << 30, 0}));
  EXPECT_FALSE(channel(k4, 1, 0, {1 << 30, 2}));
  EXPECT_TRUE(channel(k4, 1, 0, {1 << 30, -1}));
  // Always the same output, whatever the shift.
  const auto constant = channel(k4, 1, 1 << 24, {1 << 30, 0});
  ASSERT_TRUE(constant);
  EXPECT_EQ((*constant)[0], 0);
  EXPECT_EQ((*constant)[1] >> (*constant)[2], 127);
}

}  // namespace
