#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "ops/signal/signal_graph.hpp"

namespace mote::test {
namespace {

/// What an operator says of an input of this type and shape, with these attributes.
std::string refusal(std::string_view op, DataType type, const Shape& shape, const Attributes& attributes,
                    const Quantization& result = {}) {
  SignalGraph g;
  const TensorId in = g.input(shape, type);
  return error_of([&] { g.nodes(op, {in}, attributes, result); });
}

/// The same in block floating point, with exponents of a given shape.
std::string block_refusal(std::string_view op, DataType type, const Shape& shape, const Shape& exponents,
                          const Attributes& attributes = {}, const Quantization& result = {}) {
  SignalGraph g;
  const TensorId in = g.input(shape, type);
  const TensorId exponent = g.input(exponents, DataType::kInt32);
  return error_of([&] { g.nodes(op, {in, exponent}, attributes, result); });
}

TEST(SignalErrors, SizesThatDoNotFit) {
  EXPECT_TRUE(contains(refusal("signal_frames", DataType::kInt16, {10}, {{"length", 11}}), "cannot be cut"));
  EXPECT_TRUE(contains(refusal("signal_block_window", DataType::kInt16, {40000}, {}), "longer than"));
  EXPECT_TRUE(contains(refusal("signal_power", DataType::kFloat32, {5}, {}), "no pairs"));
  EXPECT_TRUE(contains(refusal("signal_mel", DataType::kFloat32, {100}, {{"fft_length", 512}}), "not those of a transform"));
  EXPECT_TRUE(contains(refusal("signal_mel", DataType::kFloat32, {257}, {{"high", 9000.0F}}), "low < high"));
  EXPECT_TRUE(contains(refusal("signal_dct", DataType::kFloat32, {10}, {{"first", 5}, {"coefficients", 6}}),
                       "coefficients 5 to 10 of 10"));
  EXPECT_TRUE(contains(refusal("signal_autocorrelation", DataType::kFloat32, {10}, {{"lags", 11}}), "11 lags"));
  EXPECT_TRUE(contains(block_refusal("signal_block_rfft", DataType::kInt16, {2, 64}, {2, 1}, {{"fft_length", 14}}),
                       "no factor but 2, 3 and 5"));
  EXPECT_TRUE(contains(block_refusal("signal_block_rfft", DataType::kInt16, {2, 64}, {2, 1}, {{"fft_length", 32}}),
                       "longer than the transform"));
  EXPECT_TRUE(
      contains(block_refusal("signal_block_rfft", DataType::kInt16, {2, 64}, {2}, {{"fft_length", 64}}), "have exponents 2x1"));
}

TEST(SignalErrors, ValuesThatHaveNoMeaning) {
  EXPECT_TRUE(contains(refusal("signal_log", DataType::kFloat32, {4}, {{"floor", 0.0F}}), "not a positive number"));
  EXPECT_TRUE(
      contains(block_refusal("signal_log", DataType::kUint32, {1, 4}, {1, 1}, {}, quantized(2.0F)), "does not fit logarithms"));
  EXPECT_TRUE(contains(refusal("signal_statistics", DataType::kFloat32, {4}, {{"which", std::vector<std::int32_t>{99}}}),
                       "no statistic 99"));
  EXPECT_TRUE(contains(
      refusal("signal_statistics", DataType::kFloat32, {4, 3}, {{"channels", 2}, {"which", std::vector<std::int32_t>{0}}}),
      "2 channels"));
  EXPECT_TRUE(
      contains(refusal("signal_spectral_features", DataType::kFloat32, {9}, {{"edges", std::vector<std::int32_t>{5, 10}}}),
               "no band of 9 bins"));
  EXPECT_TRUE(contains(refusal("signal_spectral_features", DataType::kFloat32, {9}, {}), "no spectral feature is asked for"));
}

TEST(SignalErrors, FiltersThatWouldOverflowOrRememberNothing) {
  const auto biquads = [](DataType type, const Shape& state, const std::vector<float>& coefficients) {
    SignalGraph g;
    const TensorId in = g.input({8}, type);
    const TensorId kept = g.state(state, type == DataType::kInt16 ? DataType::kInt32 : type);
    const TensorId c = g.constant<float>({1, 5}, coefficients);
    return error_of([&] { g.nodes("signal_biquads", {in, c, kept}); });
  };
  EXPECT_TRUE(contains(biquads(DataType::kFloat32, {1, 2, 2}, {1, 0, 0, 0, 0}), "is no state 1x1x2"));
  EXPECT_TRUE(contains(biquads(DataType::kInt16, {1, 2, 2}, {5, 0, 0, 0, 0}), "too large for int16"));
  EXPECT_TRUE(contains(biquads(DataType::kInt16, {1, 2, 2}, {3, 3, 3, 0, 0}), "sum up to 9"));
  const auto fir = [](const std::vector<std::int16_t>& taps, std::int32_t decimation) {
    SignalGraph g;
    const TensorId in = g.input({8}, DataType::kInt16);
    const auto count = static_cast<std::int32_t>(taps.size());
    const TensorId kept = g.state({1, 7 + count}, DataType::kInt16);
    const TensorId c = g.constant<std::int16_t>({count}, taps);
    return error_of([&] { g.nodes("signal_fir", {in, c, kept}, {{"decimation", decimation}}); });
  };
  EXPECT_TRUE(contains(fir({32767, 32767, 1}, 1), "overflow 32 bits"));
  EXPECT_TRUE(contains(fir({1, 2}, 3), "one in 3 cannot be kept"));
}

}  // namespace
}  // namespace mote::test
