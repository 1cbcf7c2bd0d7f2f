// The kernels on packed matrices, in their portable form, against sums and requantization done plainly.

#include "ops/packed_matrix.hpp"

#include <random>

#include <gtest/gtest.h>

#include "ops/threshold_scaling.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/packed_matrix.hpp"
#undef mote

namespace {

using mote::MatrixForm;

struct Layer {
  int rows = 0, run_count = 0, run_bytes = 0;
  std::vector<std::int8_t> weights;
  std::vector<std::int32_t> bias;
  mote::Finish finish;
  int depth() const { return run_count * run_bytes; }
};

mote::Tensor output_tensor(std::int32_t zero_point) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return tensor;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

  Layer layer(int smallest_weight) {
    const int rows = between(1, 9), run_count = between(1, 4), run_bytes = between(1, 40);
    std::vector<std::int8_t> weights(static_cast<std::size_t>(rows * run_count * run_bytes));
    for (auto& weight : weights) weight = static_cast<std::int8_t>(between(smallest_weight, 127));
    std::vector<std::int32_t> bias;
    std::vector<mote::Multiplier> multipliers;
    for (int r = 0; r < rows; ++r) {
      bias.push_back(between(-20000, 20000));
      multipliers.push_back({between(1 << 30, INT32_MAX), -between(1, 12)});
      if (between(0, 9) == 0) multipliers.back() = {};
    }
    const bool rectified = between(0, 1) == 1;
    const std::int32_t zero_point = rectified && between(0, 1) == 1 ? -128 : between(-100, 100);
    return {rows, run_count, run_bytes, weights, bias,
            {output_tensor(zero_point), rectified ? mote::Activation::kRelu : mote::Activation::kNone, multipliers}};
  }

  std::vector<std::int8_t> values(int count) {
    std::vector<std::int8_t> result(static_cast<std::size_t>(count));
    const bool extreme = between(0, 3) == 0;
    for (auto& value : result) value = static_cast<std::int8_t>(extreme ? (between(0, 1) == 0 ? -128 : 127) : between(-128, 127));
    return result;
  }

 private:
  std::mt19937 engine_;
};

std::vector<std::int8_t> expected(const Layer& layer, const std::vector<std::int8_t>& in) {
  std::vector<std::int8_t> out;
  for (int r = 0; r < layer.rows; ++r) {
    std::int32_t sum = layer.bias[static_cast<std::size_t>(r)];
    for (int i = 0; i < layer.depth(); ++i) sum += in[static_cast<std::size_t>(i)] * layer.weights[static_cast<std::size_t>(r * layer.depth() + i)];
    out.push_back(layer.finish.apply<std::int8_t>(sum, static_cast<std::size_t>(r)));
  }
  return out;
}

/// The results of two columns without the rows that fill up the last block, clamped as the kernels do at the end.
std::vector<std::int8_t> run(const Layer& layer, MatrixForm form, const mote::PackedWords& packed, const std::vector<std::int8_t>* inputs) {
  auto order = mote::window_order(layer.run_count, layer.run_bytes);
  if (form != MatrixForm::kPairs) order = mote::with_even_steps(order);
  const auto steps = order.size() / 2;
  std::vector<std::uint32_t> columns(2 * steps);
  const bool alternate = form == MatrixForm::kPairs;
  for (std::size_t c = 0; c < 2; ++c) {
    const auto value = [&](std::size_t i) -> std::int32_t { return order[i] < 0 ? 0 : inputs[c][static_cast<std::size_t>(order[i])]; };
    for (std::size_t i = 0; i < steps; ++i) {
      columns[alternate ? 2 * i + c : c * steps + i] = mote_on_device::pair_of(value(2 * i), value(2 * i + 1));
    }
  }
  const int padded = (layer.rows + 3) / 4 * 4;
  std::vector<std::int8_t> out(static_cast<std::size_t>(2 * padded));
  const mote_on_device::PackedMatrix shape{static_cast<std::int32_t>(steps), static_cast<std::int32_t>(packed.words.size() * 4), padded};
  const auto multiply = form == MatrixForm::kBytes ? mote_on_device::multiply_column_by_bytes : mote_on_device::multiply_column;
  if (alternate) {
    mote_on_device::multiply_two_columns(columns.data(), packed.words.data(), out.data(), &shape);
  } else {
    multiply(columns.data(), packed.words.data(), out.data(), &shape);
    multiply(&columns[steps], packed.words.data(), &out[static_cast<std::size_t>(padded)], &shape);
  }
  mote_on_device::clamp_bytes(out.data(), 2 * padded, layer.finish.range().first, layer.finish.range().second);
  std::vector<std::int8_t> result;
  for (int c = 0; c < 2; ++c) result.insert(result.end(), out.begin() + c * padded, out.begin() + c * padded + layer.rows);
  return result;
}

void expect_exact(MatrixForm form, int smallest_weight) {
  Random random(7);
  int packed_layers = 0;
  for (int i = 0; i < 400; ++i) {
    const Layer layer = random.layer(smallest_weight);
    auto order = mote::window_order(layer.run_count, layer.run_bytes);
    if (form != MatrixForm::kPairs) order = mote::with_even_steps(order);
    const auto packed = mote::pack_matrix(form, {layer.weights, layer.bias, order}, layer.finish);
    if (!packed) continue;
    ++packed_layers;
    const std::vector<std::int8_t> inputs[2] = {random.values(layer.depth()), random.values(layer.depth())};
    std::vector<std::int8_t> both = expected(layer, inputs[0]);
    for (const std::int8_t value : expected(layer, inputs[1])) both.push_back(value);
    ASSERT_EQ(run(layer, form, *packed, inputs), both) << "layer " << i;
  }
  EXPECT_GT(packed_layers, 300);
}

TEST(PackedMatrix, PairsForTwoColumns) { expect_exact(MatrixForm::kPairs, -127); }
TEST(PackedMatrix, PairsForOneColumn) { expect_exact(MatrixForm::kPairsForOne, -127); }
TEST(PackedMatrix, Bytes) { expect_exact(MatrixForm::kBytes, -128); }

TEST(PackedMatrix, RefusesWhatItCannotProve) {
  const auto pack = [](MatrixForm form, std::vector<std::int8_t> weights, std::int32_t bias, int shift) {
    const mote::Finish finish(output_tensor(0), mote::Activation::kNone, {{1 << 30, shift}});
    const auto depth = static_cast<std::int32_t>(weights.size() / 2);
    return mote::pack_matrix(form, {weights, {bias, bias}, mote::window_order(1, depth)}, finish).has_value();
  };
  EXPECT_TRUE(pack(MatrixForm::kPairs, {1, 1, 1, 1, 1, 1, 1, 1}, 0, -2));
  EXPECT_FALSE(pack(MatrixForm::kPairs, {1, 1, 1, 1, 1, 1, 1, 1}, 0, 1));       // shifts left
  EXPECT_FALSE(pack(MatrixForm::kPairs, {-1, 1, 1, 1, -128, 1, 1, 1}, 0, -2));  // 256 * -128 - 1 is no halfword
  EXPECT_TRUE(pack(MatrixForm::kBytes, {-1, 1, 1, 1, -128, 1, 1, 1}, 0, -2));
  constexpr std::int32_t kLarge = (1 << 23) + (1 << 20);  // between two outputs, or the row would be a constant
  EXPECT_FALSE(pack(MatrixForm::kPairs, {1, 1, 1, 1, 1, 1, 1, 1}, kLarge, -20));  // 256 * sum is no word
  EXPECT_TRUE(pack(MatrixForm::kBytes, {1, 1, 1, 1, 1, 1, 1, 1}, kLarge, -20));
  EXPECT_FALSE(pack(MatrixForm::kBytes, {1, 1, 1, 1, 1, 1, 1, 1}, 1 << 30, -30));
}

TEST(ThresholdScaling, EqualsTwoRoundingsForEverySum) {
  Random random(11);
  int fitted = 0;
  for (int i = 0; i < 40; ++i) {
    const mote::Finish finish(output_tensor(i % 2 == 0 ? -128 : random.between(-60, 60)), mote::Activation::kRelu,
                              {{random.between(1 << 30, INT32_MAX), -random.between(5, 11)}});
    const int low = -random.between(1000, 100000), high = random.between(1000, 100000);
    const auto scaling = mote::fit_thresholds(low, high, finish, 0);
    if (!scaling) continue;
    ++fitted;
    for (int sum = low; sum <= high; ++sum) {
      const std::int64_t product = static_cast<std::int64_t>(256 * sum + scaling->offset) * scaling->multiplier;
      const auto scaled = std::clamp(static_cast<std::int32_t>(product >> 32) >> 12, finish.range().first, finish.range().second);
      ASSERT_EQ(scaled, finish.apply<std::int8_t>(sum, 0)) << "sum " << sum;
    }
  }
  EXPECT_GT(fitted, 30);
}

}  // namespace
