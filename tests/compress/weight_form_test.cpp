#include "compress/weight_form.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"

namespace mote::test {
namespace {

TEST(WeightForm, NamesAreReadAsTheyAreWritten) {
  for (const std::string name : {"int8", "int4", "int2", "clusters16", "2:4", "1:8", "zeros75%", "int4+zeros50%", "clusters8+2:4"})
    EXPECT_EQ(weight_form_name(parse_weight_form(name)), name);
  EXPECT_TRUE(parse_weight_form("int8").is_plain());
  EXPECT_EQ(parse_weight_form("2:4"), (WeightForm{8, 0, 2, 4, 0}));
}

TEST(WeightForm, OtherNamesAreRefused) {
  for (const std::string name : {"", "int", "int1", "int9", "int4x", "clusters", "clusters1", "4:4", "0:4", "2:", "zeros75", "zeros100%", "zerosnan%", "zerosinf%", "intnan", "nan:4", "int4+", "+2:4", "half"})
    EXPECT_TRUE(contains(error_of([&] { parse_weight_form(name); }), "no form of weights")) << name;
}

TEST(CodeBook, NearestIsNearest) {
  const CodeBook book{{}, {-100, -3, 0, 7}, {1.0F}};
  for (double steps = -130; steps < 20; steps += 0.37) {
    const std::int8_t got = book.nearest(steps);
    for (const std::int8_t code : book.codes) EXPECT_LE(std::abs(steps - got), std::abs(steps - code)) << steps;
  }
}

TEST(CodeBook, ScalesReachTheWeightsThatMatter) {
  // One weight is far out but multiplies next to nothing.
  const std::vector<float> weights{1.0F, -0.9F, 0.5F, 0.3F, 3.0F};
  const auto scale = [&](double of_last) {
    return make_code_book({4}, weights, {1, 1, 1, 1, of_last}, {3.0F / 127}).scales[0];
  };
  EXPECT_NEAR(scale(100.0), 3.0F / 7, 0.02);
  EXPECT_LT(scale(1e-6), 1.3F / 7);
}

TEST(CodeBook, ClustersOfWeightsThatHaveSoFewValuesAreExact) {
  Random random(1);
  const std::vector<float> values{-1.0F, -31 / 127.0F, 0.0F, 64 / 127.0F};
  std::vector<float> weights;
  for (int i = 0; i < 200; ++i) weights.push_back(values[static_cast<std::size_t>(random.between(0, 3))]);
  const CodeBook book = make_code_book({8, 4}, weights, std::vector<double>(200, 1.0), {1 / 127.0F});
  EXPECT_EQ(book.codes, (std::vector<std::int8_t>{-127, -31, 0, 64}));
  const CodeBook three = make_code_book({8, 3}, weights, std::vector<double>(200, 1.0), {1 / 127.0F});
  EXPECT_EQ(three.codes.size(), 3U);
}

TEST(CodeBook, SparseClustersHoldZero) {
  const CodeBook book = make_code_book({8, 4, 2, 4}, {0.5F, 0.51F, 0.9F, 1.0F, -0.7F, 0.6F, 0.8F, 0.2F}, std::vector<double>(8, 1.0), {1 / 127.0F});
  EXPECT_LE(book.codes.size(), 4U);
  EXPECT_EQ(book.nearest(0), 0);
}

}  // namespace
}  // namespace mote::test
