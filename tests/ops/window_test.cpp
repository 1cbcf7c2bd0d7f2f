#include "ops/window.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

/// A window over a single row; what holds for columns holds for rows.
Window placed(std::int32_t in, std::int32_t kernel, std::int32_t stride, std::int32_t dilation, const Padding& padding) {
  Window window;
  window.in_w = in;
  window.k_w = kernel;
  window.stride_w = stride;
  window.dilation_w = dilation;
  window.place(padding);
  return window;
}

constexpr Padding kSame{Padding::Kind::kSame};
constexpr Padding kValid{Padding::Kind::kValid};

/// Left and right.
Padding given(std::int32_t left, std::int32_t right) { return {Padding::Kind::kGiven, 0, left, 0, right}; }

TEST(Window, ValidTakesWholeWindowsOnly) {
  EXPECT_EQ(placed(10, 3, 1, 1, kValid).out_w, 8);
  EXPECT_EQ(placed(10, 3, 2, 1, kValid).out_w, 4);
  EXPECT_EQ(placed(10, 3, 1, 3, kValid).out_w, 4);
  EXPECT_EQ(placed(7, 3, 1, 3, kValid).out_w, 1);
  EXPECT_EQ(placed(10, 3, 2, 1, kValid).pad_left, 0);
  EXPECT_FALSE(placed(10, 3, 2, 1, kValid).pads());
}

TEST(Window, SameGivesOneResultPerStrideWithTheOddPaddingBehind) {
  EXPECT_EQ(placed(10, 3, 1, 1, kSame).out_w, 10);
  EXPECT_EQ(placed(10, 3, 1, 1, kSame).pad_left, 1);
  EXPECT_EQ(placed(10, 3, 2, 1, kSame).out_w, 5);
  EXPECT_EQ(placed(10, 3, 2, 1, kSame).pad_left, 0) << "one column is missing, and it goes behind";
  EXPECT_EQ(placed(9, 3, 2, 1, kSame).pad_left, 1);
  EXPECT_EQ(placed(10, 4, 1, 1, kSame).pad_left, 1);
  EXPECT_EQ(placed(10, 3, 1, 2, kSame).pad_left, 2);
  EXPECT_EQ(placed(5, 1, 7, 1, kSame).out_w, 1);
  EXPECT_EQ(placed(5, 1, 2, 1, kSame).pad_left, 0);
}

TEST(Window, GivenPaddingIsTakenAsItIs) {
  const Window window = placed(4, 3, 1, 1, given(2, 4));
  EXPECT_EQ(window.out_w, 8);
  EXPECT_EQ(window.pad_left, 2);
  EXPECT_EQ(placed(4, 3, 2, 2, given(1, 0)).out_w, 1);
}

TEST(Window, PadsTellsWhetherAnyReadLiesOutside) {
  EXPECT_TRUE(placed(10, 3, 1, 1, kSame).pads());
  EXPECT_TRUE(placed(10, 3, 2, 1, kSame).pads()) << "behind only";
  EXPECT_FALSE(placed(10, 1, 1, 1, kSame).pads());
  EXPECT_FALSE(placed(10, 2, 2, 1, kSame).pads());
  EXPECT_FALSE(placed(10, 3, 1, 1, given(0, 0)).pads());
  EXPECT_TRUE(placed(10, 3, 1, 1, given(0, 1)).pads());
  EXPECT_FALSE(placed(10, 3, 3, 1, given(0, 1)).pads()) << "the column that is added is never reached";
}

TEST(Window, ImpossibleOnesAreErrors) {
  EXPECT_TRUE(contains(error_of([] { placed(2, 3, 1, 1, kValid); }), "window of size 3 with dilation 1 does not fit into 2"));
  EXPECT_TRUE(contains(error_of([] { placed(6, 3, 1, 3, kValid); }), "does not fit into 6"));
  EXPECT_TRUE(
      contains(error_of([] { placed(4, 3, 0, 1, kSame); }), "window of size 3, stride 0, dilation 1 over 4 is impossible"));
  EXPECT_TRUE(contains(error_of([] { placed(4, 0, 1, 1, kSame); }), "is impossible"));
  EXPECT_TRUE(contains(error_of([] { placed(4, 3, 1, -1, kSame); }), "is impossible"));
  EXPECT_TRUE(contains(error_of([] { placed(0, 3, 1, 1, kSame); }), "is impossible"));
  EXPECT_TRUE(contains(error_of([] { placed(4, 3, 1, 1, given(-1, 4)); }), "padding of -1 and 4 is negative"));
}

// What evaluation and kernels compute, k * dilation - padding, must stay below 2^31.
TEST(Window, OnesThatReachBeyond32BitsAreErrors) {
  EXPECT_TRUE(contains(error_of([] { placed(4, 3, 1, 1 << 30, kSame); }), "is too large"));
  EXPECT_TRUE(contains(error_of([] { placed(4, INT32_MAX, 1, INT32_MAX, kSame); }), "is too large"));
  EXPECT_TRUE(contains(error_of([] { placed(4, 1, 1, 1, given(INT32_MAX, INT32_MAX)); }), "is too large"));
}

TEST(Window, OnePoolWindowInThePaddingAloneIsAnError) {
  for (const Padding& padding : {given(2, 0), given(0, 2)}) {
    for (const char* op : {"average_pool_2d", "max_pool_2d"}) {
      EXPECT_TRUE(contains(error_of([&] {
                             GraphBuilder build;
                             const TensorId x = build.input({1, 1, 5, 1});
                             build.output(build.node(op, {x}, {{"padding", padding}, {"k_w", 2}}));
                             build.finish();
                           }),
                           "in the padding alone"))
          << op;
    }
  }
}

}  // namespace
}  // namespace mote::test
