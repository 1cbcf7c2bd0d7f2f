#include "common/float_graph.hpp"

#include <cmath>
#include <cstring>

namespace mote::test {

namespace {

const Padding kSame{.kind = Padding::Kind::kSame};

std::size_t count_of(const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); }

}  // namespace

std::vector<float> random_floats(Random& random, std::size_t count, float size) {
  std::vector<float> values(count);
  for (float& value : values) value = size * (random.fraction() + random.fraction() + random.fraction() - 1.5F);
  return values;
}

TensorId FloatBuilder::weights(Shape shape, float size) {
  const std::vector<float> values = random_floats(random_, count_of(shape), size);
  return constant(std::move(shape), values);
}

TensorId FloatBuilder::convolution(TensorId x, std::int32_t channels, std::int32_t kernel, Activation activation, std::int32_t stride) {
  const std::int32_t depth = tensor(x).shape[3];
  const float size = 2.0F / std::sqrt(static_cast<float>(kernel * kernel * depth));
  return op("conv_2d", {x, weights({channels, kernel, kernel, depth}, size), weights({channels}, 0.2F)},
            {{"padding", kSame}, {"activation", activation}, {"stride_h", stride}, {"stride_w", stride}});
}

TensorId FloatBuilder::depthwise(TensorId x, Activation activation) {
  const std::int32_t depth = tensor(x).shape[3];
  return op("depthwise_conv_2d", {x, weights({1, 3, 3, depth}, 0.7F), weights({depth}, 0.2F)}, {{"padding", kSame}, {"activation", activation}});
}

TensorId FloatBuilder::dense(TensorId x, std::int32_t units, Activation activation) {
  const auto depth = static_cast<std::int32_t>(tensor(x).elements());
  return op("fully_connected", {x, weights({units, depth}, 2.0F / std::sqrt(static_cast<float>(depth))), weights({units}, 0.2F)}, {{"activation", activation}});
}

Graph random_float_graph(std::uint32_t seed) {
  FloatBuilder b(seed);
  Random& random = b.random();
  TensorId x = b.float_input({1, 8, 8, random.between(1, 4)});
  const std::int32_t steps = random.between(2, 6);
  for (std::int32_t step = 0; step < steps; ++step) {
    const std::int32_t channels = b.tensor(x).shape[3];
    const bool large = b.tensor(x).shape[1] >= 4;
    switch (random.below(12)) {
      case 0:
        x = b.convolution(x, random.between(3, 8), large ? 3 : 1);
        break;
      case 1:
        x = b.depthwise(x, Activation::kRelu6);
        break;
      case 2:
        x = b.op("add", {x, b.convolution(x, channels, 1, Activation::kNone)}, {{"activation", Activation::kRelu}});
        break;
      case 3:
        if (large) x = b.op("max_pool_2d", {x}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}});
        break;
      case 4:
        if (large) x = b.op("average_pool_2d", {x}, {{"k_h", 2}, {"k_w", 2}, {"stride_h", 2}, {"stride_w", 2}});
        break;
      case 5:
        x = b.op("concatenation", {x, b.op("logistic", {b.convolution(x, 3, 1, Activation::kNone)})}, {{"axis", 3}});
        break;
      case 6: {
        // A batch normalization and a loose activation.
        x = b.convolution(x, random.between(3, 6), 1, Activation::kNone);
        const std::int32_t c = b.tensor(x).shape[3];
        x = b.op("add", {b.op("mul", {x, b.weights({c}, 2.0F)}), b.weights({1, 1, 1, c}, 0.5F)});
        x = b.op(random.one_in(2) ? "relu" : "relu6", {x});
        break;
      }
      case 7:
        x = b.op("mul", {x, b.op("tanh", {x})});
        break;
      case 8:
        x = b.op("leaky_relu", {b.convolution(x, random.between(2, 5), 1, Activation::kNone)}, {{"alpha", 0.125F}});
        break;
      case 9:
        x = b.op("pad", {x, b.constant<std::int32_t>({4, 2}, {0, 0, 1, 0, 0, 1, 0, 0})});
        break;
      case 10:
        x = b.op("maximum", {x, b.constant<float>({1}, {-0.25F})});
        break;
      default:
        x = b.op("sub", {x, b.op("hard_swish", {x})});
        break;
    }
  }
  if (random.one_in(2)) x = b.op("mean", {x, b.integers({1, 2})});
  const auto elements = static_cast<std::int32_t>(b.tensor(x).elements());
  x = b.dense(b.op("reshape", {x, b.integers({1, elements})}), random.between(2, 6));
  if (random.one_in(2)) x = b.op(random.one_in(2) ? "softmax" : "logistic", {x});
  b.output(x);
  return b.finish();
}

std::vector<std::vector<Bytes>> random_samples(const Graph& graph, std::size_t count, std::uint32_t seed, float size) {
  Random random(seed);
  std::vector<std::vector<Bytes>> samples(count);
  for (auto& sample : samples) {
    for (const TensorId id : graph.inputs) {
      const std::vector<float> values = random_floats(random, static_cast<std::size_t>(graph.tensor(id).elements()), size);
      sample.emplace_back(values.size() * sizeof(float));
      std::memcpy(sample.back().data(), values.data(), sample.back().size());
    }
  }
  return samples;
}

std::vector<float> float_answers(const Graph& graph, const std::vector<Bytes>& inputs) {
  std::vector<float> result;
  for (const Bytes& bytes : Evaluator(graph).run(inputs)) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

}  // namespace mote::test
