// Rows for workstations against the reference, on every form of their vectors that this machine can run.

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/library_check.hpp"
#include "common/random.hpp"
#include "select/plan.hpp"

namespace mote {
namespace {

struct Layer {
  std::string_view op;
  Shape in;
  std::int32_t out_c, k_h, k_w;
  Attributes attributes;
};

/// Odd sizes, more columns than vectors take and fewer, borders on all sides, channels that fill panels and that do not.
const std::vector<Layer> kLayers = {
    {"conv_2d", {1, 9, 7, 5}, 19, 3, 3, {}},
    {"conv_2d", {2, 5, 4, 16}, 32, 1, 1, {}},
    {"conv_2d", {1, 11, 6, 3}, 16, 4, 2, {{"stride_h", 2}, {"stride_w", 2}}},
    {"conv_2d", {1, 8, 9, 4}, 1, 3, 3, {{"dilation_h", 2}, {"dilation_w", 3}}},
    {"conv_2d", {1, 1, 3, 40}, 200, 1, 1, {}},
    {"depthwise_conv_2d", {2, 9, 7, 16}, 16, 3, 3, {}},
    {"depthwise_conv_2d", {1, 8, 5, 37}, 37, 5, 4, {{"stride_h", 2}, {"stride_w", 1}}},
    {"depthwise_conv_2d", {1, 6, 6, 6}, 18, 2, 3, {{"dilation_w", 2}}},
    {"depthwise_conv_2d", {1, 40, 30, 17}, 17, 3, 1, {{"stride_h", 3}, {"stride_w", 2}}},
    {"depthwise_conv_2d", {1, 10, 5, 1}, 8, 4, 3, {}},
    {"fully_connected", {1, 65}, 37, 0, 0, {}},
    {"fully_connected", {30, 8}, 3, 0, 0, {}},
};

Shape weights_shape(const Layer& layer) {
  if (layer.op == "fully_connected") return {layer.out_c, layer.in[1]};
  if (layer.op == "conv_2d") return {layer.out_c, layer.k_h, layer.k_w, layer.in[3]};
  return {1, layer.k_h, layer.k_w, layer.out_c};
}

/// Scales that bring sums to the size of outputs, and one of which shifts to the left.
Quantization weight_scales(const Layer& layer, test::Random& random) {
  Quantization result;
  for (std::int32_t c = 0; c < layer.out_c; ++c) {
    result.scales.push_back(c % 7 == 3 ? 3.0F : 0.001F + 0.01F * random.fraction());
    result.zero_points.push_back(0);
  }
  result.axis = layer.op == "depthwise_conv_2d" ? 3 : 0;
  return result;
}

Graph graph_of_layers(DataType type) {
  test::Random random(5);
  test::GraphBuilder builder;
  for (const Layer& layer : kLayers) {
    const Shape shape = weights_shape(layer);
    const auto count = static_cast<std::size_t>(element_count(shape));
    const auto channels = static_cast<std::size_t>(layer.out_c);
    std::vector<std::int8_t> weights(count);
    for (auto& weight : weights) weight = static_cast<std::int8_t>(random.between(-127, 127));
    std::vector<std::int32_t> bias(channels);
    for (auto& value : bias) value = random.between(-5000, 5000);
    if (type == DataType::kInt8) {
      const TensorId in = builder.input(layer.in, test::quantized(0.5F, -9));
      const TensorId w = builder.constant(shape, weights, weight_scales(layer, random));
      builder.output(
          builder.node(layer.op, {in, w, builder.constant({layer.out_c}, bias)}, layer.attributes, test::quantized(2.0F, 11)));
    } else {
      const TensorId in = builder.input(layer.in, {}, type);
      const TensorId w = builder.constant(shape, std::vector<float>(weights.begin(), weights.end()));
      const TensorId b = builder.constant({layer.out_c}, std::vector<float>(bias.begin(), bias.end()));
      builder.output(builder.node(layer.op, {in, w, b}, layer.attributes, {}, type));
    }
  }
  if (type == DataType::kInt8) {
    for (const std::string_view op : {"add", "sub"}) {
      for (const std::int32_t count : {7, 48, 67}) {
        const TensorId a = builder.input({1, count}, test::quantized(0.3F, 5));
        const TensorId b = builder.input({1, count}, test::quantized(0.05F, -128));
        builder.output(builder.node(op, {a, b}, {}, test::quantized(0.31F, -4)));
      }
    }
  }
  return builder.finish();
}

void expect_equal_on_all_vectors(DataType type) {
  const Graph graph = graph_of_layers(type);
  for (const Step& step : make_plan(graph, find_target("host")).steps)
    EXPECT_NE(step.call.function.find("wide"), std::string::npos) << step.call.function;
  std::vector<std::vector<std::string>> forms{{}, {"-DMOTE_NO_VECTORS"}};
#if defined(__x86_64__)
  forms.push_back({"-march=x86-64"});
  if (__builtin_cpu_supports("avx2")) forms.push_back({"-march=x86-64", "-mavx2"});
#endif
  const auto inputs = test::random_inputs(graph, 3, 3);
  for (const auto& flags : forms) {
    SCOPED_TRACE(flags.empty() ? "this machine's vectors" : flags.back());
    test::expect_library_equals_reference(graph, inputs, {.cmsis_nn = {}, .cxx_flags = flags});
  }
}

TEST(Wide, Int8LayersEqualTheReferenceOnAllVectors) { expect_equal_on_all_vectors(DataType::kInt8); }
TEST(Wide, FloatLayersEqualTheReferenceOnAllVectors) { expect_equal_on_all_vectors(DataType::kFloat32); }

}  // namespace
}  // namespace mote
