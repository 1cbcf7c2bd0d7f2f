// Matrices of codes of few bits, in the portable form of their kernel, against sums and requantization done plainly.

#include "ops/coded_matrix.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/coded_matrix.hpp"
#undef mote

namespace {

mote::Tensor output_tensor(std::int32_t zero_point) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return tensor;
}

template <std::int32_t kBits>
void expect_exact() {
  mote::test::Random random(13);
  for (int i = 0; i < 300; ++i) {
    const int rows = random.between(1, 9), depth = random.between(1, 90);
    std::vector<std::int8_t> weights, input(static_cast<std::size_t>(depth));
    std::vector<std::int32_t> bias;
    std::vector<mote::Multiplier> multipliers;
    for (int r = 0; r < rows; ++r) {
      const int step = random.between(1, 127 / ((1 << kBits) - 1));
      const int base = random.between(-128, 127 - step * ((1 << kBits) - 1));
      for (int k = 0; k < depth; ++k)
        weights.push_back(static_cast<std::int8_t>(base + step * random.between(0, (1 << kBits) - 1)));
      bias.push_back(random.between(-20000, 20000));
      multipliers.push_back({random.between(1 << 30, INT32_MAX), -random.between(1, 12)});
    }
    for (auto& value : input) value = static_cast<std::int8_t>(random.between(-128, 127));
    const mote::Finish finish(output_tensor(random.between(-100, 100)), mote::Activation::kNone, multipliers);
    const auto order = mote::window_order(1, depth);
    const auto matrix = mote::pack_coded_matrix(kBits, {weights, bias, order}, finish);
    ASSERT_TRUE(matrix) << i;
    std::vector<std::uint32_t> column(static_cast<std::size_t>(matrix->chunks) * (16 / kBits));
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < order.size(); k += 2) {
      const auto value = [&](std::size_t at) -> std::int32_t {
        return order[at] < 0 ? 0 : input[static_cast<std::size_t>(order[at])];
      };
      column[k / 2] = mote_on_device::pair_of(value(k), value(k + 1));
      sum += value(k) + value(k + 1);
    }
    const mote_on_device::CodedMatrix shape{matrix->chunks, static_cast<std::int32_t>(matrix->words.size() * 4), sum};
    std::vector<std::int8_t> out(static_cast<std::size_t>((rows + 3) / 4 * 4));
    mote_on_device::multiply_coded<kBits>(column.data(), matrix->words.data(), out.data(), &shape);
    for (int r = 0; r < rows; ++r) {
      std::int32_t expected = bias[static_cast<std::size_t>(r)];
      for (int k = 0; k < depth; ++k)
        expected += input[static_cast<std::size_t>(k)] * weights[static_cast<std::size_t>(r * depth + k)];
      ASSERT_EQ(out[static_cast<std::size_t>(r)], finish.apply<std::int8_t>(expected, static_cast<std::size_t>(r)))
          << "matrix " << i << ", row " << r;
    }
  }
}

TEST(CodedMatrix, FourBits) { expect_exact<4>(); }
TEST(CodedMatrix, TwoBits) { expect_exact<2>(); }

TEST(CodedMatrix, RefusesOtherValues) {
  const mote::Finish finish(output_tensor(0), mote::Activation::kNone, {{1 << 30, -4}});
  const auto packs = [&](std::int32_t bits, std::vector<std::int8_t> weights) {
    const auto depth = static_cast<std::int32_t>(weights.size());
    return mote::pack_coded_matrix(bits, {weights, {0}, mote::window_order(1, depth)}, finish).has_value();
  };
  EXPECT_TRUE(packs(4, {-8, 7, 0, 1}));
  EXPECT_TRUE(packs(4, {-80, 70, 0, 10}));
  EXPECT_FALSE(packs(4, {-8, 8, 0, 1}));
  EXPECT_TRUE(packs(2, {-1, 2, 0, 1}));
  EXPECT_FALSE(packs(2, {-2, 2, 0, 1}));
  EXPECT_FALSE(packs(4, {-128, 127, -128, 127}));  // a step of 255 is no byte
}

}  // namespace
