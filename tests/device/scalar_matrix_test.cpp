// The kernels for cores without SIMD, in their portable form, against sums and requantization done plainly.

#include "ops/scalar_matrix.hpp"

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "ops/row_scaling.hpp"
#include "ops/scalar_finish.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/conv_2d_scalar.hpp"
#include "mote/fully_connected_scalar.hpp"
#undef mote

namespace {

namespace device = mote_on_device;

struct Layer {
  int rows = 0, depth = 0;
  std::vector<std::int8_t> weights;
  std::vector<std::int32_t> bias;
  mote::Finish finish;

  mote::ScalarRows matrix() const { return {weights, bias, mote::scalar_order(1, depth)}; }
  std::int8_t weight(int r, int i) const { return weights[static_cast<std::size_t>(r * depth + i)]; }
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

  Layer layer(int largest_weight) {
    const int rows = between(1, 19), depth = between(1, 90);
    std::vector<std::int8_t> weights(static_cast<std::size_t>(rows * depth));
    for (auto& weight : weights) {
      const int most = between(0, 5) == 0 ? largest_weight : 30;  // a few large ones become corrections
      weight = static_cast<std::int8_t>(between(-most - 1, most));
    }
    std::vector<std::int32_t> bias;
    std::vector<mote::Multiplier> multipliers;
    for (int r = 0; r < rows; ++r) {
      bias.push_back(between(-20000, 20000));
      multipliers.push_back({between(1 << 30, INT32_MAX), -between(1, 12)});
      if (between(0, 9) == 0) multipliers.back() = {};
    }
    return {rows,
            depth,
            weights,
            bias,
            {output_tensor(between(0, 1) == 0 ? -128 : between(-128, 127)), mote::Activation::kNone, multipliers}};
  }

  /// Values that make row `r`'s products all large and of one sign, or any.
  std::vector<std::int8_t> values(const Layer& layer, int r) {
    const int kind = between(0, 3);
    std::vector<std::int8_t> result;
    for (int i = 0; i < layer.depth; ++i) {
      const bool up = (layer.weight(r, i) > 0) == (kind == 0);
      result.push_back(static_cast<std::int8_t>(kind > 1 ? between(-128, 127) : up ? 127 : -128));
    }
    return result;
  }

 private:
  std::mt19937 engine_;
};

int expected(const Layer& layer, const std::vector<std::int8_t>& in, int r) {
  std::int32_t sum = layer.bias[static_cast<std::size_t>(r)];
  for (int i = 0; i < layer.depth; ++i) sum += in[static_cast<std::size_t>(i)] * layer.weight(r, i);
  return layer.finish.apply<std::int8_t>(sum, static_cast<std::size_t>(r));
}

/// Pairs of a column, `spacing` words apart.
void fill(const std::vector<std::int8_t>& in, std::uint32_t* column, std::size_t spacing) {
  for (std::size_t i = 0; i < in.size(); i += 2) {
    column[i / 2 * spacing] = device::scalar_pair(in[i], i + 1 < in.size() ? in[i + 1] : 0);
  }
}

template <typename Function>
void with_steps(int steps, Function function) {
  if (steps == 1) function(std::integral_constant<int, 1>{});
  if (steps == 2) function(std::integral_constant<int, 2>{});
  if (steps == 3) function(std::integral_constant<int, 3>{});
  if (steps == 4) function(std::integral_constant<int, 4>{});
}

std::vector<std::int32_t> finish_words(const Layer& layer, const mote::ScalarTables& tables) {
  std::vector<std::int32_t> words;
  const auto depth = static_cast<std::size_t>(layer.depth);
  for (std::size_t r = 0; r < layer.bias.size(); ++r) {
    const mote::RowSums sums = mote::row_sums(std::span(layer.weights).subspan(r * depth, depth), 0);
    const auto row = mote::scalar_finish(sums.low, sums.high, layer.bias[r], tables.scaling[4 * r + 3] >> 8, layer.finish, r);
    words.insert(words.end(), row.begin(), row.end());
  }
  return words;
}

TEST(ScalarMatrix, TwoColumnsGiveTheReferencesOutputs) {
  Random random(1);
  std::size_t with_corrections = 0, fitted = 0, exact = 0;
  for (int repeat = 0; repeat < 400; ++repeat) {
    const Layer layer = random.layer(repeat % 4 == 0 ? 20 : 127);
    const auto tables = mote::pack_scalar(layer.matrix(), layer.finish, 2);
    ASSERT_TRUE(tables);
    with_corrections += !tables->corrections.empty();
    const auto first = random.values(layer, random.between(0, layer.rows - 1));
    const auto second = random.values(layer, random.between(0, layer.rows - 1));
    std::vector<std::uint32_t> columns(2 * static_cast<std::size_t>(tables->words()));
    fill(first, columns.data(), 2);
    fill(second, columns.data() + 1, 2);
    std::vector<std::int32_t> sums(2 * static_cast<std::size_t>(layer.rows));
    with_steps(tables->steps, [&](auto steps) {
      device::sum_two_columns<steps>(columns.data(), tables->matrix.data(), sums.data(), sums.data() + sums.size(),
                                     tables->groups);
    });
    const auto words = finish_words(layer, *tables);
    for (std::size_t i = 3; i < words.size(); i += 4) (words[i] < 0 ? exact : fitted) += 1;
    std::vector<std::int8_t> out(2 * static_cast<std::size_t>(layer.rows));
    device::finish_two_columns(sums.data(), words.data(), out.data(), sums.data() + sums.size(), layer.rows, columns.data(),
                               tables->corrections.data());
    for (int r = 0; r < layer.rows; ++r) {
      ASSERT_EQ(out[static_cast<std::size_t>(r)], expected(layer, first, r));
      ASSERT_EQ(out[static_cast<std::size_t>(layer.rows + r)], expected(layer, second, r));
    }
  }
  EXPECT_GT(with_corrections, 100U);
  EXPECT_GT(fitted, 500U);
  EXPECT_GT(exact, 500U);
}

TEST(ScalarMatrix, OneColumnGivesTheReferencesOutputs) {
  Random random(2);
  for (int repeat = 0; repeat < 400; ++repeat) {
    const Layer layer = random.layer(repeat % 4 == 0 ? 20 : 127);
    const bool by_bytes = repeat % 2 == 0;
    const auto tables = mote::pack_scalar(layer.matrix(), layer.finish, 1, by_bytes);
    ASSERT_TRUE(tables);
    const auto in = random.values(layer, random.between(0, layer.rows - 1));
    std::vector<std::uint32_t> pairs(static_cast<std::size_t>(tables->words()));
    fill(in, pairs.data(), 1);
    std::vector<std::uint32_t> column;
    const auto steps_in_group = static_cast<std::size_t>(tables->steps);
    for (std::size_t i = 0; by_bytes && i < pairs.size(); i += steps_in_group) {
      std::uint32_t sum = 0;
      for (std::size_t s = 0; s < steps_in_group; ++s) sum += pairs[i + s];
      column.push_back(0x8000U - 0x00800080U * sum);
      column.insert(column.end(), pairs.begin() + static_cast<std::ptrdiff_t>(i),
                    pairs.begin() + static_cast<std::ptrdiff_t>(i + steps_in_group));
    }
    if (!by_bytes) column = pairs;
    std::vector<std::int32_t> sums(static_cast<std::size_t>(layer.rows));
    const std::int16_t* corrections = tables->corrections.data();
    with_steps(tables->steps, [&](auto steps) {
      if constexpr (steps % 2 == 0) {
        if (by_bytes) {
          device::sum_column_by_bytes<steps>(column.data(), tables->matrix.data(), sums.data(), sums.data() + sums.size(),
                                             tables->groups);
        }
      }
      if (!by_bytes) {
        device::sum_column<steps>(column.data(), tables->matrix.data(), sums.data(), sums.data() + sums.size(), tables->groups);
      }
      for (int r = 0; r < layer.rows; ++r) {
        const std::int32_t* scaling = tables->scaling.data() + 4 * r;
        std::int32_t* sum = sums.data() + r;
        corrections = by_bytes ? device::correct_sums<1, steps>(column.data(), corrections, scaling[3] >> 8, sum)
                               : device::correct_sums<1, 0>(column.data(), corrections, scaling[3] >> 8, sum);
        const int out = device::clamp<std::int32_t>(device::scale_sum(*sum + scaling[0], scaling), -128, 127);
        ASSERT_EQ(out, expected(layer, in, r));
      }
    });
  }
}

TEST(ScalarMatrix, GroupsStayWithinTheirLanes) {
  Random random(3);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const Layer layer = random.layer(127);
    const auto tables = mote::pack_scalar(layer.matrix(), layer.finish, 2);
    ASSERT_TRUE(tables);
    const auto steps = static_cast<std::size_t>(tables->steps);
    for (std::size_t i = 0; i < tables->matrix.size(); i += steps) {
      int size = 0;
      for (std::size_t s = 0; s < steps; ++s) {
        const auto word = static_cast<std::uint32_t>(tables->matrix[i + s]);
        size += std::abs(device::value_of_pair(word, 0)) + std::abs(device::value_of_pair(word, 1));
      }
      ASSERT_LE(size, 255);
    }
  }
}

TEST(ScalarMatrix, ScalingUpIsLeftToOtherKernels) {
  const Layer layer{1, 2, {100, 100}, {0}, {output_tensor(0), mote::Activation::kNone, {{1 << 30, 1}}}};
  EXPECT_FALSE(mote::pack_scalar(layer.matrix(), layer.finish, 2));
}

}  // namespace
