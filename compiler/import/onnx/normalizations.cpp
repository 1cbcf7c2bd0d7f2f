// BatchNormalization and its like.

#include <cmath>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// [1, ..., C, 1, ...]: one number per channel (axis 1) of a tensor of `rank`.
Shape channel_shape(std::int32_t channels, int rank) {
  Shape shape(static_cast<std::size_t>(std::max(rank - 1, 1)), 1);
  shape[0] = channels;
  return shape;
}

}  // namespace

/// One product and one sum; passes take them into the layer in front.
void convert_batch_normalization(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  node.ignore("momentum");
  node.require("training_mode", 0);
  node.require("spatial", 1);
  node.require_outputs(1);
  const float epsilon = node.real("epsilon", 1e-5F);
  const auto scale = node.real_input(1, "scale");
  const auto bias = node.real_input(2, "bias");
  const auto mean = node.real_input(3, "mean");
  const auto variance = node.real_input(4, "variance");
  const Shape in = node.shape(0);
  const std::size_t channels = in.size() < 2 ? 1 : static_cast<std::size_t>(in[1]);
  if (scale.size() != channels || bias.size() != channels || mean.size() != channels || variance.size() != channels)
    throw Error(fmt::format("damaged: {} scales for {} channels", scale.size(), channels));
  std::vector<float> factors, offsets;
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor = static_cast<double>(scale[c]) / std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(epsilon));
    factors.push_back(static_cast<float>(factor));
    offsets.push_back(static_cast<float>(static_cast<double>(bias[c]) - static_cast<double>(mean[c]) * factor));
  }
  const Shape shape = channel_shape(static_cast<std::int32_t>(channels), static_cast<int>(in.size()));
  const TensorId scaled = graph.add("mul", {node.input(0), graph.constant<float>(shape, factors)});
  node.result(graph.add("add", {scaled, graph.constant<float>(shape, offsets)}));
}

void convert_instance_normalization(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const TensorId data = graph.channels_last(node.input(0));
  node.result(graph.channels_first(graph.add(op, {data, node.input(1), node.input(2)}, {{"epsilon", node.real("epsilon", 1e-5F)}})));
}

void convert_layer_normalization(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  node.require_outputs(1);
  node.ignore("stash_type");
  const std::int32_t axis = node.axis(node.integer("axis", -1), node.rank(0));
  const auto flat = [&](TensorId id) { return graph.reshape(id, {static_cast<std::int32_t>(graph.tensor(id).elements())}); };
  std::vector<TensorId> inputs{node.input(0), flat(node.input(1))};
  if (node.has_input(2)) inputs.push_back(flat(node.input(2)));
  node.result(graph.add(op, inputs, {{"axis", axis}, {"epsilon", node.real("epsilon", 1e-5F)}}));
}

/// Groups of channels as rows.
void convert_group_normalization(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  node.ignore("stash_type");
  const Shape in = node.shape(0);
  const auto groups = static_cast<std::int32_t>(node.integer("num_groups"));
  if (in.size() < 3 || groups < 1 || in[1] % groups != 0) throw Error(fmt::format("damaged: {} groups for {}", groups, to_string(in)));
  const auto row = static_cast<std::int32_t>(element_count(in) / in[0] / groups);
  const TensorId ones = graph.constant<float>({row}, std::vector<float>(static_cast<std::size_t>(row), 1.0F));
  const TensorId rows = graph.reshape(node.input(0), {in[0], groups, row});
  const TensorId normal = graph.reshape(graph.add(op, {rows, ones}, {{"axis", 2}, {"epsilon", node.real("epsilon", 1e-5F)}}), in);
  // Before version 21 the scales belong to groups.
  const auto per_channel = [&](int i) {
    std::vector<float> values = node.real_input(i, "scale and bias");
    if (values.size() == static_cast<std::size_t>(groups) && groups != in[1]) {
      std::vector<float> spread;
      for (std::int32_t c = 0; c < in[1]; ++c) spread.push_back(values[static_cast<std::size_t>(c / (in[1] / groups))]);
      values = spread;
    }
    if (values.size() != static_cast<std::size_t>(in[1])) throw Error(fmt::format("damaged: {} scales for {} channels", values.size(), in[1]));
    return graph.constant<float>(channel_shape(in[1], static_cast<int>(in.size())), values);
  };
  node.result(graph.add("add", {graph.add("mul", {normal, per_channel(1)}), per_channel(2)}));
}

}  // namespace mote
