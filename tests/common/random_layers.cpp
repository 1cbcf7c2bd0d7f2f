#include "common/random_layers.hpp"

#include <algorithm>
#include <cmath>

#include "common/float_graph.hpp"

namespace mote::test {

namespace {

enum class Weights { kAny, kSmall, kSparse, kFourBits, kTwoBits };

std::int32_t most_of(Weights kind) {
  return kind == Weights::kSmall ? 30 : kind == Weights::kFourBits ? 7 : kind == Weights::kTwoBits ? 1 : 127;
}

std::vector<std::int8_t> random_weights(Random& random, std::size_t count, Weights kind) {
  std::vector<std::int8_t> weights(count);
  for (auto& weight : weights) {
    const bool zero = kind == Weights::kSparse && !random.one_in(5);
    const std::int32_t most = most_of(kind);
    weight = static_cast<std::int8_t>(zero ? 0 : random.between(-most, most));
  }
  return weights;
}

constexpr float kInputScale = 0.05F, kWeightScale = 0.004F;

/// Such that sums of `depth` products fill most of int8.
Quantization sum_quantization(Random& random, std::int64_t depth, Weights kind) {
  const float size = kind == Weights::kSparse ? 33.0F : 0.6F * static_cast<float>(most_of(kind));
  const float spread = kInputScale * kWeightScale * 80.0F * size * std::sqrt(static_cast<float>(depth));
  return quantized(spread / 40.0F, random.between(-20, 20));
}

std::vector<std::int32_t> random_bias(Random& random, std::int32_t channels) {
  std::vector<std::int32_t> bias(static_cast<std::size_t>(channels));
  for (auto& value : bias) value = random.between(-2000, 2000);
  return bias;
}

Attributes window_attributes(Random& random, bool dilates) {
  Padding padding{random.one_in(3) ? Padding::Kind::kValid : Padding::Kind::kSame};
  if (random.one_in(3))
    padding = {Padding::Kind::kGiven, random.between(0, 1), random.between(0, 2), random.between(0, 2), random.between(0, 1)};
  Attributes attributes{{"padding", padding}, {"stride_h", random.between(1, 2)}, {"stride_w", random.between(1, 3)}};
  if (dilates) {
    attributes["dilation_h"] = random.one_in(4) ? 2 : 1;
    attributes["dilation_w"] = random.one_in(5) ? 2 : 1;
  }
  return attributes;
}

struct ConvolutionShape {
  Shape in;
  std::int32_t out_c, k_h, k_w;
  std::int32_t groups = 1;
};

Graph convolution_of(Random& random, const ConvolutionShape& shape, const Attributes& attributes, Weights kind) {
  GraphBuilder b;
  const TensorId x = b.input(shape.in, quantized(kInputScale, random.between(-10, 10)));
  const Shape weights{shape.out_c, shape.k_h, shape.k_w, shape.in[3] / shape.groups};
  const std::int64_t depth = element_count(weights) / shape.out_c;
  const TensorId w = b.constant(weights, random_weights(random, static_cast<std::size_t>(element_count(weights)), kind),
                                quantized(kWeightScale));
  b.output(b.node("conv_2d", {x, w, b.constant(Shape{shape.out_c}, random_bias(random, shape.out_c))}, attributes,
                  sum_quantization(random, depth, kind)));
  return b.finish();
}

Shape random_image(Random& random, std::int32_t channels) {
  return {random.one_in(4) ? 2 : 1, random.between(4, 9), random.between(5, 11), channels};
}

Graph convolution(Random& random) {
  const ConvolutionShape shape{random_image(random, random.between(1, 9)), random.between(1, 21), random.between(1, 4),
                               random.between(1, 4)};
  return convolution_of(random, shape, window_attributes(random, true), Weights::kAny);
}
Graph pointwise(Random& random) {
  const std::int32_t channels = random.one_in(2) ? 16 * random.between(1, 3) : random.between(2, 30);
  const ConvolutionShape shape{random_image(random, channels), random.between(2, 40), 1, 1};
  return convolution_of(random, shape, {}, Weights::kAny);
}
Graph convolution_3x3(Random& random) {
  const ConvolutionShape shape{random_image(random, random.between(3, 9)), random.one_in(2) ? random.between(2, 9) : 6, 3, 3};
  const std::int32_t stride = random.between(1, 2);
  const Padding padding{random.one_in(4) ? Padding::Kind::kValid : Padding::Kind::kSame};
  ConvolutionShape same = shape;
  if (random.one_in(2)) same.out_c = same.in[3];
  return convolution_of(random, same, {{"padding", padding}, {"stride_h", stride}, {"stride_w", stride}}, Weights::kSmall);
}
Graph small_window(Random& random) {
  const bool one_row = random.one_in(3);
  ConvolutionShape shape{{1, 20, random.between(20, 24), random.between(1, 3)}, random.between(20, 25), one_row ? 1 : 3, 3};
  if (random.one_in(3)) shape = {{1, 12, random.between(10, 14), random.between(12, 32)}, random.between(25, 30), 1, 1};
  Attributes attributes{{"padding", Padding{random.one_in(3) ? Padding::Kind::kValid : Padding::Kind::kSame}}};
  if (shape.k_w > 1 && random.one_in(3)) attributes["stride_w"] = 2;
  return convolution_of(random, shape, attributes, Weights::kSmall);
}
Graph grouped_convolution(Random& random) {
  const std::int32_t groups = random.between(2, 3);
  const ConvolutionShape shape{random_image(random, groups * random.between(1, 4)), groups * random.between(1, 4), 2, 3, groups};
  return convolution_of(random, shape, window_attributes(random, true), Weights::kAny);
}
Graph structured_convolution(Random& random, Weights kind) {
  const std::int32_t k = random.one_in(2) ? 1 : 3;
  const ConvolutionShape shape{random_image(random, random.between(8, 17)), random.between(30, 45), k, k};
  return convolution_of(random, shape, {{"padding", Padding{Padding::Kind::kSame}}}, kind);
}
Graph sparse_convolution(Random& random) { return structured_convolution(random, Weights::kSparse); }
Graph coded_convolution(Random& random) { return structured_convolution(random, Weights::kFourBits); }

Graph float_convolution(Random& random) {
  FloatBuilder b(random.bits());
  const Shape in = random_image(random, random.between(1, 6));
  const std::int32_t k = random.between(1, 3);
  b.output(b.op("conv_2d", {b.float_input(in), b.weights({random.between(1, 9), k, k, in[3]}, 0.5F)},
                window_attributes(random, true)));
  return b.finish();
}
/// int8 weights at their real values, half of them mostly zeros.
TensorId real_weights(GraphBuilder& b, Random& random, const Shape& shape) {
  const Weights kind = random.one_in(2) ? Weights::kSparse : Weights::kAny;
  return b.constant(shape, random_weights(random, static_cast<std::size_t>(element_count(shape)), kind), quantized(0.01F));
}
Graph weight_only_convolution(Random& random) {
  GraphBuilder b;
  const Shape in = random_image(random, random.between(2, 6));
  const std::int32_t k = random.between(1, 3);
  const bool each_channel = random.one_in(2);
  const TensorId x = b.input(in, {}, DataType::kFloat32);
  const TensorId w = real_weights(b, random, each_channel ? Shape{1, k, k, 2 * in[3]} : Shape{random.between(1, 9), k, k, in[3]});
  b.output(
      b.node(each_channel ? "depthwise_conv_2d" : "conv_2d", {x, w}, window_attributes(random, true), {}, DataType::kFloat32));
  return b.finish();
}
Graph weight_only_dense(Random& random) {
  GraphBuilder b;
  const std::int32_t depth = random.between(3, 30);
  const TensorId x = b.input({random.between(1, 4), depth}, {}, DataType::kFloat32);
  b.output(b.node("fully_connected", {x, real_weights(b, random, {random.between(1, 20), depth})}, {}, {}, DataType::kFloat32));
  return b.finish();
}

Graph transposed_convolution(Random& random) {
  GraphBuilder b;
  const Shape in = random_image(random, random.between(1, 6));
  const std::int32_t k = random.between(2, 4), stride = random.between(1, 2), channels = random.between(1, 7);
  const TensorId x = b.input(in, quantized(kInputScale, random.between(-10, 10)));
  const Shape shape{channels, k, k, in[3]};
  const TensorId w = b.constant(shape, random_weights(random, static_cast<std::size_t>(element_count(shape)), Weights::kAny),
                                quantized(kWeightScale));
  const TensorId size = b.integers({in[0], stride * in[1], stride * in[2], channels});
  b.output(b.node("transpose_conv", {size, w, x},
                  {{"padding", Padding{Padding::Kind::kSame}}, {"stride_h", stride}, {"stride_w", stride}},
                  sum_quantization(random, std::int64_t{k} * k * in[3] / (stride * stride), Weights::kAny)));
  return b.finish();
}

Graph depthwise_of(Random& random, const Shape& in, std::int32_t multiplier, std::int32_t k_h, std::int32_t k_w,
                   const Attributes& attributes) {
  GraphBuilder b;
  const TensorId x = b.input(in, quantized(kInputScale, random.between(-10, 10)));
  const Shape shape{1, k_h, k_w, in[3] * multiplier};
  const TensorId w = b.constant(shape, random_weights(random, static_cast<std::size_t>(element_count(shape)), Weights::kAny),
                                quantized(kWeightScale));
  b.output(b.node("depthwise_conv_2d", {x, w, b.constant(Shape{shape[3]}, random_bias(random, shape[3]))}, attributes,
                  sum_quantization(random, std::int64_t{k_h} * k_w, Weights::kAny)));
  return b.finish();
}
Graph depthwise(Random& random) {
  const Shape in = random_image(random, random.between(1, 7));
  return depthwise_of(random, in, random.one_in(2) ? 1 : random.between(2, 4), random.between(1, 4), random.between(1, 4),
                      window_attributes(random, true));
}
Graph depthwise_3x3(Random& random) {
  return depthwise_of(random, random_image(random, random.between(2, 9)), 1, 3, 3, window_attributes(random, false));
}
Graph depthwise_of_one_channel(Random& random) {
  const Shape in{1, random.between(18, 22), random.between(18, 22), 1};
  return depthwise_of(random, in, random.between(12, 16), 3, 3, {{"padding", Padding{Padding::Kind::kSame}}});
}
Graph depthwise_to_one_pixel(Random& random) {
  const Shape in{1, random.between(2, 6), random.between(2, 6), random.between(2, 20)};
  return depthwise_of(random, in, 1, in[1], in[2], {{"padding", Padding{Padding::Kind::kValid}}});
}
Graph float_depthwise(Random& random) {
  FloatBuilder b(random.bits());
  const Shape in = random_image(random, random.between(1, 6));
  const std::int32_t k = random.between(1, 3);
  b.output(b.op("depthwise_conv_2d", {b.float_input(in), b.weights({1, k, k, in[3] * random.between(1, 2)}, 0.5F)},
                window_attributes(random, true)));
  return b.finish();
}

Graph dense_of(Random& random, std::int32_t depth, std::int32_t units, Weights kind) {
  GraphBuilder b;
  const TensorId x = b.input({random.between(1, 4), depth}, quantized(kInputScale, random.between(-10, 10)));
  const TensorId w = b.constant(Shape{units, depth},
                                random_weights(random, static_cast<std::size_t>(units) * static_cast<std::size_t>(depth), kind),
                                quantized(kWeightScale));
  b.output(b.node("fully_connected", {x, w, b.constant(Shape{units}, random_bias(random, units))}, {},
                  sum_quantization(random, depth, kind)));
  return b.finish();
}
Graph dense(Random& random) {
  const std::int32_t depth = random.one_in(2) ? 16 * random.between(1, 4) : random.between(3, 60);
  return dense_of(random, depth, random.between(1, 40), Weights::kAny);
}
Graph sparse_dense(Random& random) { return dense_of(random, random.between(20, 60), random.between(20, 40), Weights::kSparse); }
Graph coded_dense(Random& random) {
  return dense_of(random, random.between(20, 60), random.between(20, 40),
                  random.one_in(2) ? Weights::kFourBits : Weights::kTwoBits);
}
Graph float_dense(Random& random) {
  FloatBuilder b(random.bits());
  const std::int32_t depth = random.between(3, 30);
  b.output(
      b.op("fully_connected", {b.float_input({random.between(1, 4), depth}), b.weights({random.between(1, 20), depth}, 0.5F)}));
  return b.finish();
}

Graph pool_of(Random& random, std::string_view op, std::int32_t channels, DataType type) {
  GraphBuilder b;
  const Quantization quantization = is_float(type) ? Quantization{} : quantized(kInputScale, type == DataType::kInt8 ? 3 : 0);
  const TensorId x = b.input(random_image(random, channels), quantization, type);
  Attributes attributes{{"k_h", random.between(1, 3)},
                        {"k_w", random.between(1, 3)},
                        {"stride_h", random.between(1, 3)},
                        {"stride_w", random.between(1, 3)},
                        {"padding", Padding{random.one_in(2) ? Padding::Kind::kValid : Padding::Kind::kSame}}};
  b.output(b.node(op, {x}, attributes, quantization, type));
  return b.finish();
}
Graph average_pool(Random& random) { return pool_of(random, "average_pool_2d", random.between(1, 27), DataType::kInt8); }
Graph max_pool(Random& random) { return pool_of(random, "max_pool_2d", random.between(1, 35), DataType::kInt8); }
Graph wider_pool(Random& random) {
  return pool_of(random, random.one_in(2) ? "average_pool_2d" : "max_pool_2d", random.between(1, 5),
                 random.one_in(2) ? DataType::kFloat32 : DataType::kInt16);
}

/// `op` of two tensors of one shape, or with broadcasting.
Graph two_inputs(Random& random, std::string_view op, DataType type, bool alike, float scale) {
  GraphBuilder b;
  const auto quantization = [&](float of_this, std::int32_t zero_point) {
    return is_float(type) || type == DataType::kBool ? Quantization{}
           : alike                                   ? quantized(0.05F, 4)
                                                     : quantized(of_this, zero_point);
  };
  const Shape shape{1, random.between(2, 5), random.between(2, 6), random.between(1, 9)};
  const Shape other = random.one_in(3) ? Shape{1, 1, 1, shape[3]} : shape;
  const TensorId x = b.input(shape, quantization(0.05F, 4), type);
  const TensorId y = b.input(other, quantization(0.04F, -3), type);
  b.output(b.node(op, {x, y}, {}, quantization(scale, 1), type));
  return b.finish();
}
Graph sum(Random& random) {
  return two_inputs(random, random.one_in(2) ? "add" : "sub", DataType::kInt8, false, random.one_in(2) ? 0.06F : 0.11F);
}

/// A float32 or int8 layer of two inputs of one scale.
Graph two_of_one_scale(Random& random, std::string_view op) {
  return two_inputs(random, op, random.one_in(2) ? DataType::kFloat32 : DataType::kInt8, true, 0);
}
Graph two_conditions(Random& random, std::string_view op) { return two_inputs(random, op, DataType::kBool, true, 0); }

/// A function of each value in one of the types that functions have.
Graph function_of_values(Random& random, std::string_view op) {
  const DataType type = random.pick(std::vector{DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32});
  const bool is_byte = type == DataType::kInt8;
  const bool is_quantized = is_byte || type == DataType::kInt16;
  // TensorFlow Lite fixes the results' scales where the function is bounded.
  const bool to_one = op == "logistic", around_zero = op == "tanh";
  const float whole = is_byte ? 256.0F : 65536.0F;
  const Quantization out = to_one        ? quantized(1.0F / (is_byte ? whole : whole / 2), is_byte ? -128 : 0)
                           : around_zero ? quantized(2.0F / whole)
                                         : quantized(is_byte ? 0.02F : 0.00008F);
  GraphBuilder b;
  const Quantization in = is_quantized ? quantized(is_byte ? 0.03F : 0.0001F) : Quantization{};
  const TensorId x = b.input({random.between(1, 3), random.between(2, 70)}, in, type);
  b.output(b.node(op, {x}, {}, is_quantized ? out : Quantization{}, type));
  return b.finish();
}

template <DataType in, DataType out>
Graph one_input(Random& random, std::string_view op, const Quantization& of_input, const Quantization& of_output) {
  GraphBuilder b;
  const TensorId x = b.input({random.between(1, 3), random.between(2, 70)}, of_input, in);
  b.output(b.node(op, {x}, {}, of_output, out));
  return b.finish();
}
constexpr DataType kReal = DataType::kFloat32, kByte = DataType::kInt8, kWide = DataType::kInt16;
Graph bytes_to_bytes(Random& random) {
  const std::int32_t zero_point = random.between(-9, 9);
  const std::string_view op = random.pick(std::vector<std::string_view>{"relu", "hard_swish", "quantize"});
  return one_input<kByte, kByte>(random, op, quantized(0.03F, zero_point),
                                 quantized(random.one_in(2) ? 0.03F : 0.02F, zero_point));
}
Graph bytes_to_wider(Random& random) {
  if (random.one_in(2)) return one_input<kByte, kReal>(random, "dequantize", quantized(0.03F, 2), {});
  return one_input<kByte, kWide>(random, "quantize", quantized(0.03F, 2), quantized(0.0005F));
}
Graph wider_to_bytes(Random& random) {
  if (random.one_in(2)) return one_input<kReal, kByte>(random, "quantize", {}, quantized(0.02F, 5));
  return one_input<kWide, kByte>(random, "quantize", quantized(0.0001F), quantized(0.02F, 5));
}
Graph wider_to_as_wide(Random& random) {
  if (random.one_in(2)) return one_input<kReal, kReal>(random, random.one_in(2) ? "hard_swish" : "relu", {}, {});
  return one_input<kWide, kWide>(random, "relu", quantized(0.0001F), quantized(0.00009F));
}

Graph reduction(Random& random) {
  GraphBuilder b;
  const bool wide = random.one_in(3);
  const DataType type = wide ? DataType::kFloat32 : DataType::kInt8;
  const Quantization quantization = wide ? Quantization{} : quantized(0.05F, 3);
  const TensorId x =
      b.input({random.between(1, 3), random.between(2, 5), random.between(2, 5), random.between(1, 19)}, quantization, type);
  const std::vector<std::int32_t> axes = random.pick(std::vector<std::vector<std::int32_t>>{{1, 2}, {1, 2}, {3}, {1}, {2}});
  const std::string_view op = random.pick(std::vector<std::string_view>{"mean", "mean", "sum", "reduce_max", "reduce_min"});
  b.output(
      b.node(op, {x, b.integers(axes)}, {{"keep_dims", true}}, op == "sum" && !wide ? quantized(0.2F, 0) : quantization, type));
  return b.finish();
}

Graph resize(Random& random) {
  GraphBuilder b;
  const bool bilinear = random.one_in(2);
  const bool wide = random.one_in(3);
  const DataType type = wide ? DataType::kFloat32 : DataType::kInt8;
  const Quantization quantization = wide ? Quantization{} : quantized(0.05F, 3);
  const TensorId x = b.input({1, random.between(2, 6), random.between(2, 6), random.between(1, 9)}, quantization, type);
  const TensorId size = b.integers({random.between(2, 11), random.between(2, 11)});
  const bool corners = random.one_in(3);
  b.output(b.node(bilinear ? "resize_bilinear" : "resize_nearest_neighbor", {x, size},
                  {{"align_corners", corners}, {"half_pixel_centers", !corners && random.one_in(2)}}, quantization, type));
  return b.finish();
}

Graph pad(Random& random) {
  GraphBuilder b;
  const TensorId x = b.input({1, random.between(2, 5), random.between(2, 5), random.between(1, 7)}, quantized(0.05F, 3));
  const std::vector<std::int32_t> around{
      0, 0, random.between(0, 2), random.between(0, 2), random.between(0, 2), random.between(0, 2), 0, random.between(0, 2)};
  b.output(b.node("pad", {x, b.constant<std::int32_t>({4, 2}, around)}, {}, quantized(0.05F, 3)));
  return b.finish();
}

Graph concatenation(Random& random) {
  GraphBuilder b;
  std::vector<TensorId> parts;
  const std::int32_t height = random.between(1, 4), width = random.between(2, 4);
  const std::int32_t count = random.between(2, 3);
  for (std::int32_t i = 0; i < count; ++i)
    parts.push_back(b.input({1, height, width, random.between(1, 12)}, quantized(0.05F, 3)));
  b.output(b.node("concatenation", parts, {{"axis", 3}}, quantized(0.05F, 3)));
  return b.finish();
}

/// Values that only change their places.
Graph moved_values(Random& random, std::string_view op) {
  GraphBuilder b;
  const bool wide = random.one_in(3);
  const Quantization quantization = wide ? Quantization{} : quantized(0.05F, 3);
  const DataType type = wide ? DataType::kFloat32 : DataType::kInt8;
  const bool in_blocks = op == "space_to_depth" || op == "depth_to_space";
  const Shape shape =
      in_blocks ? Shape{random.between(1, 2), 2 * random.between(1, 3), 2 * random.between(1, 3), 4 * random.between(1, 3)}
                : Shape{2, random.between(3, 5), random.between(3, 5), random.between(3, 9)};
  std::vector<TensorId> inputs{b.input(op == "broadcast_to" ? Shape{shape[1], 1, shape[3]} : shape, quantization, type)};
  Attributes attributes;
  if (op == "slice") {
    inputs.push_back(b.integers({0, random.between(0, 2), 1, random.between(0, 2)}));
    inputs.push_back(b.integers({random.between(1, 2), -1, -1, -1}));
  } else if (op == "strided_slice") {
    for (const auto& values : {std::vector{0, random.between(0, 1), 0, 1}, std::vector{2, shape[1], shape[2], shape[3]},
                               std::vector{1, random.between(1, 2), 1, random.between(1, 2)}})
      inputs.push_back(b.integers(values));
  } else if (op == "transpose") {
    inputs.push_back(
        b.integers(random.pick(std::vector<std::vector<std::int32_t>>{{0, 3, 1, 2}, {0, 2, 1, 3}, {1, 0, 2, 3}, {3, 2, 1, 0}})));
  } else if (op == "reverse_v2") {
    inputs.push_back(b.integers({random.between(1, 3)}));
  } else if (op == "tile") {
    inputs.push_back(b.integers({1, random.between(1, 2), 1, 1}));
  } else if (op == "broadcast_to") {
    inputs.push_back(b.integers({2, shape[1], shape[2], shape[3]}));
  } else {
    attributes["block_size"] = 2;
  }
  b.output(b.node(op, inputs, attributes, quantization, type));
  return b.finish();
}

}  // namespace

const std::vector<LayerFamily>& layer_families() {
  static const std::vector<LayerFamily> list = [] {
    std::vector<LayerFamily> families = {
        {"conv_2d", convolution},
        {"conv_2d, pointwise", pointwise},
        {"conv_2d, 3x3", convolution_3x3},
        {"conv_2d, small window", small_window},
        {"conv_2d, groups", grouped_convolution},
        {"conv_2d, sparse", sparse_convolution},
        {"conv_2d, codes", coded_convolution},
        {"conv_2d, float", float_convolution},
        {"convolutions, int8 weights", weight_only_convolution},
        {"transpose_conv", transposed_convolution},
        {"depthwise_conv_2d", depthwise},
        {"depthwise_conv_2d, 3x3", depthwise_3x3},
        {"depthwise_conv_2d, one channel", depthwise_of_one_channel},
        {"depthwise_conv_2d, one pixel", depthwise_to_one_pixel},
        {"depthwise_conv_2d, float", float_depthwise},
        {"fully_connected", dense},
        {"fully_connected, sparse", sparse_dense},
        {"fully_connected, codes", coded_dense},
        {"fully_connected, float", float_dense},
        {"fully_connected, int8 weights", weight_only_dense},
        {"average_pool_2d", average_pool},
        {"max_pool_2d", max_pool},
        {"pools, wider", wider_pool},
        {"sums", sum},
        {"bytes to bytes", bytes_to_bytes},
        {"bytes to wider values", bytes_to_wider},
        {"wider values to bytes", wider_to_bytes},
        {"wider values to as wide ones", wider_to_as_wide},
        {"reductions", reduction},
        {"resize", resize},
        {"pad", pad},
        {"concatenation", concatenation},
    };
    const auto add = [&](Graph (*make)(Random&, std::string_view), const std::vector<std::string_view>& operators) {
      for (const std::string_view op : operators)
        families.push_back({std::string(op), [make, op](Random& random) { return make(random, op); }});
    };
    add(two_of_one_scale,
        {"add", "sub", "mul", "div", "maximum", "minimum", "squared_difference", "pow", "prelu", "floor_div", "floor_mod"});
    add(two_conditions, {"logical_and", "logical_or"});
    add(function_of_values,
        {"abs",        "ceil", "cos",      "elu",      "erf",      "exp",  "floor",  "gelu",         "hard_sigmoid", "hard_swish",
         "leaky_relu", "log",  "logistic", "mish",     "neg",      "relu", "relu6",  "relu_n1_to_1", "round",        "rsqrt",
         "selu",       "sign", "sin",      "softplus", "softsign", "sqrt", "square", "tanh"});
    add(moved_values,
        {"slice", "transpose", "strided_slice", "reverse_v2", "space_to_depth", "depth_to_space", "tile", "broadcast_to"});
    return families;
  }();
  return list;
}

}  // namespace mote::test
