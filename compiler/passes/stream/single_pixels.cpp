#include "passes/stream/single_pixels.hpp"

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

bool is_single_pixel(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv_2d") return false;
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  const Shape& out = graph.tensor(node.outputs[0]).shape;
  return element_count(in) == in[3] && element_count(out) == out[3] && weights[1] == 1 && weights[2] == 1 &&
         weights[3] == in[3] && graph.tensor(node.inputs[1]).is_constant();
}

}  // namespace

void connect_single_pixels(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!is_single_pixel(graph, node)) continue;
    Tensor weights = graph.tensor(node.inputs[1]);
    weights.shape = {weights.shape[0], weights.shape[3]};
    std::unique_ptr<Operator> layer = make_operator("fully_connected");
    set_attributes(*layer, {{"keep_num_dims", true}, {"activation", attributes_of(*node.op).at("activation")}});
    node.op = std::move(layer);
    node.inputs[1] = graph.add_tensor(std::move(weights));
  }
}

}  // namespace mote
