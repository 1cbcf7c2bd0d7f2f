#pragma once

#include <vector>

#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {

/// Floats around 0, mostly within `size`.
std::vector<float> random_floats(Random& random, std::size_t count, float size = 1.0F);

/// Adds float layers to a graph, with random weights.
class FloatBuilder : public GraphBuilder {
 public:
  explicit FloatBuilder(std::uint32_t seed) : random_(seed) {}

  Random& random() { return random_; }
  TensorId float_input(Shape shape) { return input(std::move(shape), {}, DataType::kFloat32); }
  TensorId op(std::string_view name, std::vector<TensorId> inputs, const Attributes& attributes = {}) {
    return node(name, std::move(inputs), attributes, {}, DataType::kFloat32);
  }
  TensorId convolution(TensorId x, std::int32_t channels, std::int32_t kernel, Activation activation = Activation::kRelu, std::int32_t stride = 1);
  TensorId depthwise(TensorId x, Activation activation = Activation::kRelu);
  TensorId dense(TensorId x, std::int32_t units, Activation activation = Activation::kNone);
  /// Random constant.
  TensorId weights(Shape shape, float size);

 private:
  Random random_;
};

/// A verified float graph of 4 to 12 random nodes: layers, pools, sums, joins, curves, with a batch normalization's MUL and ADD and loose
/// RELUs now and then; a softmax or logistic at the end of some.
Graph random_float_graph(std::uint32_t seed);

/// Random inputs for each sample.
std::vector<std::vector<Bytes>> random_samples(const Graph& graph, std::size_t count, std::uint32_t seed, float size = 1.0F);

/// All outputs of a float graph, one after another.
std::vector<float> float_answers(const Graph& graph, const std::vector<Bytes>& inputs);

}  // namespace mote::test
