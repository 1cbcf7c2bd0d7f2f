// The matrix kernel for Helium, in its portable form, on streams as they are packed, against sums and requantization done plainly.

#include "ops/mve_matrix.hpp"

#include <random>

#include <gtest/gtest.h>

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/mve_matrix.hpp"
#undef mote

namespace {

using mote::MveScaling;
using DeviceScaling = mote_on_device::MveScaling;

struct Kind {
  MveScaling scaling;
  bool one_shift;
};

mote::Tensor output_tensor(std::int32_t zero_point) {
  mote::Tensor tensor;
  tensor.type = mote::DataType::kInt8;
  tensor.quantization.scales = {0.05F};
  tensor.quantization.zero_points = {zero_point};
  return tensor;
}

class Layer {
 public:
  Layer(unsigned seed, int rows, int depth, Kind kind)
      : engine_(seed), rows_(rows), depth_(depth), weights_(values(rows * depth)), finish_(make_finish(kind)) {
    for (int r = 0; r < rows; ++r) bias_.push_back(between(-20000, 20000));
  }

  std::optional<mote::MveStream> pack() const { return mote::pack_mve(weights_, bias_, finish_); }
  const mote::Finish& finish() const { return finish_; }

  std::vector<std::int8_t> values(int count) {
    std::vector<std::int8_t> result(static_cast<std::size_t>(count));
    const bool extreme = between(0, 3) == 0;
    for (auto& value : result) value = static_cast<std::int8_t>(extreme ? (between(0, 1) == 0 ? -128 : 127) : between(-128, 127));
    return result;
  }

  std::vector<std::int8_t> expected(const std::int8_t* column) const {
    std::vector<std::int8_t> out;
    for (int r = 0; r < rows_; ++r) {
      std::int32_t sum = bias_[static_cast<std::size_t>(r)];
      for (int i = 0; i < depth_; ++i) sum += column[i] * weights_[static_cast<std::size_t>(r * depth_ + i)];
      out.push_back(finish_.apply<std::int8_t>(sum, static_cast<std::size_t>(r)));
    }
    return out;
  }

 private:
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

  mote::Finish make_finish(Kind kind) {
    const int common = between(6, 14);
    std::vector<mote::Multiplier> multipliers;
    for (int r = 0; r < rows_; ++r) {
      int shift = kind.one_shift ? -common : -between(1, 14) - (r == 0 ? 0 : r % 2);
      if (kind.scaling == MveScaling::kGeneral && (r == 0 || between(0, 2) == 0)) shift = between(0, 3);
      multipliers.push_back({between(1 << 30, INT32_MAX), shift});
      if (r > 2 && between(0, 9) == 0) multipliers.back() = {};
    }
    const bool rectified = kind.scaling == MveScaling::kRectified;
    return {output_tensor(rectified && between(0, 1) == 0 ? -128 : between(-100, 100)),
            rectified ? mote::Activation::kRelu : (between(0, 1) == 0 ? mote::Activation::kNone : mote::Activation::kReluN1To1),
            multipliers};
  }

  std::mt19937 engine_;
  int rows_, depth_;
  std::vector<std::int8_t> weights_;
  mote::Finish finish_;
  std::vector<std::int32_t> bias_;
};

/// Layers of rows and depth as the template's numbers ask for, run on three columns.
template <int32_t kVectors, int32_t kRows, MveScaling kScaling>
void expect_exact() {
  constexpr int kColumns = 3;
  int run = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    const int depth = 16 * kVectors - static_cast<int>(seed) % 16;
    Layer layer(seed, kRows, depth, {kScaling, false});
    const auto stream = layer.pack();
    ASSERT_TRUE(stream);
    ASSERT_EQ(stream->vectors, kVectors);
    ASSERT_EQ(stream->rest, kRows % 16);
    if (stream->scaling != kScaling || stream->shift != 0) continue;  // by chance
    ++run;
    auto columns = layer.values(kColumns * 16 * kVectors);
    std::vector<std::int8_t> out(kColumns * kRows), wanted;
    for (int i = 0; i < kColumns; ++i) {
      for (const std::int8_t value : layer.expected(&columns[static_cast<std::size_t>(16 * kVectors * i)])) wanted.push_back(value);
    }
    const mote_on_device::MveProduct product{columns.data(),      stream->words.data(),          out.data(),
                                             kColumns,            16 * kVectors,                 stream->blocks_end,
                                             stream->addend,      layer.finish().range().first,  layer.finish().range().second};
    mote_on_device::mve_multiply<kVectors, (kRows >= 16), kRows % 16, static_cast<DeviceScaling>(kScaling), 0, true>(&product);
    ASSERT_EQ(out, wanted) << "seed " << seed;
  }
  EXPECT_GT(run, 20);
}

template <MveScaling kScaling>
void expect_exact_shapes() {
  expect_exact<1, 3, kScaling>();
  expect_exact<1, 16, kScaling>();
  expect_exact<3, 8, kScaling>();
  expect_exact<4, 27, kScaling>();
  expect_exact<5, 37, kScaling>();
  expect_exact<9, 32, kScaling>();
  expect_exact<14, 12, kScaling>();
}

TEST(MveMatrix, Rectified) { expect_exact_shapes<MveScaling::kRectified>(); }
TEST(MveMatrix, Signed) { expect_exact_shapes<MveScaling::kSigned>(); }
TEST(MveMatrix, General) { expect_exact_shapes<MveScaling::kGeneral>(); }

template <int32_t kShift, MveScaling kScaling>
void expect_exact_with_one_shift() {
  int run = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Layer layer(seed, 21, 48, {kScaling, true});
    const auto stream = layer.pack();
    ASSERT_TRUE(stream);
    if (stream->shift != kShift || stream->scaling != kScaling) continue;
    const auto column = layer.values(48);
    std::vector<std::int8_t> out(21);
    const mote_on_device::MveProduct product{
        column.data(), stream->words.data(), out.data(), 1, 48, stream->blocks_end, stream->addend, layer.finish().range().first,
        layer.finish().range().second};
    mote_on_device::mve_multiply<3, true, 5, static_cast<DeviceScaling>(kScaling), kShift, true>(&product);
    ASSERT_EQ(out, layer.expected(column.data())) << "seed " << seed;
    ++run;
  }
  EXPECT_GT(run, 5);
}

TEST(MveMatrix, OneShiftForAll) {
  expect_exact_with_one_shift<8, MveScaling::kRectified>();
  expect_exact_with_one_shift<11, MveScaling::kSigned>();
}

TEST(MveMatrix, RefusesSumsThatMightWrap) {
  const auto pack = [](std::int32_t bias, int shift) {
    return mote::pack_mve({1, 1}, {bias}, {output_tensor(0), mote::Activation::kNone, {{1 << 30, shift}}}).has_value();
  };
  EXPECT_TRUE(pack(1 << 20, 4));
  EXPECT_FALSE(pack(1 << 28, 4));
  EXPECT_TRUE(pack(INT32_MAX, -1));
}

}  // namespace
