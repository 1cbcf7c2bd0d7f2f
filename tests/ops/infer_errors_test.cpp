#include <functional>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

/// A node that its operator must refuse, and a part of the message.
struct Refused {
  const char* name;
  const char* message;
  std::function<void(GraphBuilder&)> build;
};

std::ostream& operator<<(std::ostream& out, const Refused& each) { return out << each.name; }

TensorId weights(GraphBuilder& b, Shape shape, Quantization quantization = quantized(0.1F)) {
  const std::vector<std::int8_t> values(static_cast<std::size_t>(element_count(shape)), 1);
  return b.constant(std::move(shape), values, std::move(quantization));
}

TensorId image(GraphBuilder& b) { return b.input({1, 4, 4, 2}); }

class InferErrors : public testing::TestWithParam<Refused> {};

TEST_P(InferErrors, SayWhatIsWrong) {
  GraphBuilder builder;
  const std::string message = error_of([&] { GetParam().build(builder); });
  EXPECT_TRUE(contains(message, GetParam().message));
}

const auto name_of = [](const auto& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Weighted, InferErrors,
    testing::Values(
        Refused{"float_weights", "activations are int8, weights float32\n  quantize the weights to int8 too",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), b.constant(Shape{2, 4}, std::vector<float>(8)), kNoTensor}); }},
        Refused{"weights_at_run_time", "the weights ('t1') are computed at run time; only constant ones are supported",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), b.input({2, 4}), kNoTensor}); }},
        Refused{"weights_without_scale", "weights 't1' are int8 without a scale",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {2, 4}, {}), kNoTensor}); }},
        Refused{"weights_with_zero_point", "weights 't1' have zero point 3; only 0 is supported",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {2, 4}, quantized(0.1F, 3)), kNoTensor}); }},
        Refused{"wrong_scale_count", "weights 't1' have 3 scales along axis 0; 2 along axis 0 are needed",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {2, 4}, {{1, 1, 1}, {0, 0, 0}, 0}), kNoTensor}); }},
        Refused{"wrong_scale_axis", "weights 't1' have 2 scales along axis 1; 2 along axis 0 are needed",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {2, 4}, {{1, 1}, {0, 0}, 1}), kNoTensor}); }},
        Refused{"bias_count", "bias 't2' has 3 values for 2 channels",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  const TensorId w = weights(b, {2, 4});
                  b.node("fully_connected", {in, w, b.integers({1, 2, 3})});
                }},
        Refused{"bias_type", "tensor 't2' is int8; supported: int32",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  const TensorId w = weights(b, {2, 4});
                  b.node("fully_connected", {in, w, weights(b, {2})});
                }},
        Refused{"depth", "4 input values cannot be cut into rows of 3",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {2, 3}), kNoTensor}); }},
        Refused{"dense_weights_rank", "tensor 't1' has 3 dimensions (1x2x4); supported: 2",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}), weights(b, {1, 2, 4}), kNoTensor}); }},
        Refused{"unscaled_activations", "tensor 't0' is int8 without scale and zero point\n  quantize the model with full integer quantization",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}, {}), weights(b, {2, 4}), kNoTensor}); }},
        Refused{"zero_point_outside_of_int8", "tensor 't0' is int8 with zero point 128",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}, quantized(1, 128)), weights(b, {2, 4}), kNoTensor}); }},
        Refused{"int16_zero_point", "tensor 't0' is int16 with zero point 1; only 0 is supported here",
                [](auto& b) {
                  b.node("fully_connected", {b.input({1, 4}, quantized(1, 1), DataType::kInt16), weights(b, {2, 4}), kNoTensor}, {}, quantized(1), DataType::kInt16);
                }},
        Refused{"scales_too_far_apart", "is too large for fixed-point arithmetic",
                [](auto& b) { b.node("fully_connected", {b.input({1, 4}, quantized(1e6F)), weights(b, {2, 4}, quantized(1e6F)), kNoTensor}, {}, quantized(1e-6F)); }},
        Refused{"conv_rank", "tensor 't0' has 3 dimensions (4x4x2); supported: 4",
                [](auto& b) { b.node("conv_2d", {b.input({4, 4, 2}), weights(b, {1, 1, 1, 2}), kNoTensor}); }},
        Refused{"conv_groups", "2 input channels cannot be cut into groups of 3 for 1 output channels",
                [](auto& b) { b.node("conv_2d", {image(b), weights(b, {1, 1, 1, 3}), kNoTensor}); }},
        Refused{"conv_group_outputs", "2 input channels cannot be cut into groups of 1 for 3 output channels",
                [](auto& b) { b.node("conv_2d", {image(b), weights(b, {3, 1, 1, 1}), kNoTensor}); }},
        Refused{"depthwise_channels", "weights 1x1x1x3 do not fit 2 input channels",
                [](auto& b) { b.node("depthwise_conv_2d", {image(b), weights(b, {1, 1, 1, 3}), kNoTensor}); }},
        Refused{"kernel_too_large", "window of size 5 with dilation 1 does not fit into 4",
                [](auto& b) { b.node("conv_2d", {image(b), weights(b, {1, 5, 5, 2}), kNoTensor}); }},
        Refused{"fused_tanh", "fused activation tanh is not supported for int8",
                [](auto& b) { b.node("conv_2d", {image(b), weights(b, {1, 1, 1, 2}), kNoTensor}, {{"activation", Activation::kTanh}}); }},
        Refused{"missing_weights", "input 1 is missing", [](auto& b) { b.node("conv_2d", {image(b), kNoTensor, kNoTensor}); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Pools, InferErrors,
    testing::Values(Refused{"rank", "tensor 't0' has 2 dimensions (1x4); supported: 4", [](auto& b) { b.node("max_pool_2d", {b.input({1, 4})}); }},
                    Refused{"rescaling", "differ in scale or zero point: 0.5 0 and 0.25 0",
                            [](auto& b) { b.node("average_pool_2d", {image(b)}, {}, quantized(0.25F)); }},
                    Refused{"type", "tensor 't0' is int32; supported: float32, int8, int16",
                            [](auto& b) { b.node("max_pool_2d", {b.input({1, 4, 4, 1}, {}, DataType::kInt32)}, {}, {}, DataType::kInt32); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Elementwise, InferErrors,
    testing::Values(Refused{"shapes", "shapes 1x4 and 1x3 cannot be broadcast together", [](auto& b) { b.node("add", {b.input({1, 4}), b.input({1, 3})}); }},
                    Refused{"types", "differ in type: int8 and int16",
                            [](auto& b) { b.node("mul", {b.input({1, 4}), b.input({1, 4}, quantized(1), DataType::kInt16)}); }},
                    Refused{"inputs", "has 1 inputs; 2 are needed", [](auto& b) { b.node("sub", {b.input({1, 4})}); }},
                    Refused{"scales", "is too small for inputs of scales 1000 and 1000",
                            [](auto& b) { b.node("add", {b.input({4}, quantized(1000)), b.input({4}, quantized(1000))}, {}, quantized(1e-6F)); }},
                    Refused{"softmax_scale", "1/256 and -128 are needed", [](auto& b) { b.node("softmax", {b.input({1, 4})}, {}, quantized(0.5F, -128)); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Shapes, InferErrors,
    testing::Values(
        Refused{"reshape_count", "1x4 with 4 elements cannot become 3", [](auto& b) { b.node("reshape", {b.input({1, 4}), b.integers({3})}); }},
        Refused{"reshape_rest", "cannot become 3x1", [](auto& b) { b.node("reshape", {b.input({1, 4}), b.integers({3, -1})}); }},
        Refused{"reshape_two_open", "new shape -1x-1 is not valid", [](auto& b) { b.node("reshape", {b.input({1, 4}), b.integers({-1, -1})}); }},
        Refused{"reshape_overflow", "cannot become",
                [](auto& b) { b.node("reshape", {b.input({1, 4}), b.integers({INT32_MAX, INT32_MAX, INT32_MAX})}); }},
        Refused{"reshape_at_run_time", "the new shape ('t1') is computed at run time\n  shapes must be known when compiling",
                [](auto& b) { b.node("reshape", {b.input({1, 4}), b.input({1}, {}, DataType::kInt32)}); }},
        Refused{"reshape_by_floats", "the new shape ('t1') is float32, integers are needed",
                [](auto& b) { b.node("reshape", {b.input({1, 4}), b.template constant<float>({1}, {4})}); }},
        Refused{"squeeze_axis", "axis 1 of 1x4 is not 1", [](auto& b) { b.node("squeeze", {b.input({1, 4})}, {{"axes", std::vector<std::int32_t>{1}}}); }},
        Refused{"concatenation_axis", "axis 2 does not exist in 2 dimensions", [](auto& b) { b.node("concatenation", {b.input({1, 4})}, {{"axis", 2}}); }},
        Refused{"concatenation_shapes", "inputs 1x4 and 2x4 cannot be joined along axis 1",
                [](auto& b) { b.node("concatenation", {b.input({1, 4}), b.input({2, 4})}, {{"axis", 1}}); }},
        Refused{"concatenation_rank", "inputs 1x4 and 4 cannot be joined along axis 1",
                [](auto& b) { b.node("concatenation", {b.input({1, 4}), b.input({4})}, {{"axis", 1}}); }},
        Refused{"split_parts", "4 cannot be split into 3 parts for 3 outputs",
                [](auto& b) { b.nodes("split", {b.integers({1}), b.input({1, 4})}, {{"num_splits", 3}}, quantized(1), 3); }},
        Refused{"split_axis", "axis -3 does not exist in 2 dimensions",
                [](auto& b) { b.nodes("split", {b.integers({-3}), b.input({1, 4})}, {{"num_splits", 2}}, quantized(1), 2); }},
        Refused{"split_v_sizes", "sizes 1x2 do not add up to 4",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  const TensorId sizes = b.integers({1, 2});
                  b.nodes("split_v", {in, sizes, b.integers({1})}, {}, quantized(1), 2);
                }},
        Refused{"slice_end", "slice of 3 from 2 does not fit axis 1 of 1x4",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  const TensorId begin = b.integers({0, 2});
                  b.node("slice", {in, begin, b.integers({1, 3})});
                }},
        Refused{"slice_rank", "begin and size have 1 and 2 values for 2 dimensions",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  const TensorId begin = b.integers({0});
                  b.node("slice", {in, begin, b.integers({1, 3})});
                }},
        Refused{"strided_slice_step", "stride 0 along axis 0",
                [](auto& b) {
                  const TensorId in = b.input({4});
                  const TensorId begin = b.integers({0});
                  const TensorId end = b.integers({2});
                  b.node("strided_slice", {in, begin, end, b.integers({0})});
                }},
        Refused{"strided_slice_nothing", "nothing lies between 3 and 1 along axis 0",
                [](auto& b) {
                  const TensorId in = b.input({4});
                  const TensorId begin = b.integers({3});
                  const TensorId end = b.integers({1});
                  b.node("strided_slice", {in, begin, end, b.integers({1})});
                }},
        Refused{"strided_slice_ellipsis", "ellipsis, new axes and relative ends are not supported",
                [](auto& b) {
                  const TensorId in = b.input({4});
                  const TensorId begin = b.integers({0});
                  const TensorId end = b.integers({1});
                  b.node("strided_slice", {in, begin, end, b.integers({1})}, {{"ellipsis_mask", 1}});
                }},
        Refused{"negative_padding", "negative padding along axis 1",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  b.node("pad", {in, b.template constant<std::int32_t>({2, 2}, {0, 0, -1, 0})});
                }},
        Refused{"padding_rank", "2 paddings for 2 dimensions",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  b.node("pad", {in, b.template constant<std::int32_t>({1, 2}, {0, 0})});
                }},
        Refused{"padding_too_large", "the padded tensor is too large",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  b.node("pad", {in, b.template constant<std::int32_t>({2, 2}, {INT32_MAX, INT32_MAX, 0, 0})});
                }},
        Refused{"gather_index", "index 4 is outside axis 1 of 1x4",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  b.node("gather", {in, b.integers({0, 4})}, {{"axis", 1}});
                }},
        Refused{"mean_axis", "axis 5 does not exist in 2 dimensions",
                [](auto& b) {
                  const TensorId in = b.input({1, 4});
                  b.node("mean", {in, b.integers({5})});
                }},
        Refused{"unpack_count", "2x4 cannot be unpacked into 3 for 3 outputs",
                [](auto& b) { b.nodes("unpack", {b.input({2, 4})}, {{"num", 3}}, quantized(1), 3); }},
        Refused{"pack_shapes", "inputs 4 and 3 differ", [](auto& b) { b.node("pack", {b.input({4}), b.input({3})}); }}),
    name_of);

}  // namespace
}  // namespace mote::test
