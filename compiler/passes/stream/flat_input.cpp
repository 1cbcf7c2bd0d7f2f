#include "passes/stream/flat_input.hpp"

#include <algorithm>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "ops/joined.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

/// Operators that work on each value alone and may stand in front of the RESHAPE.
bool works_on_values(const Graph& graph, const Node& node) {
  const std::string_view name = node.op->name();
  return (name == "quantize" || name == "dequantize" || name == "cast" || name == "relu") && node.inputs.size() == 1 &&
         graph.tensor(node.inputs[0]).shape == graph.tensor(node.outputs[0]).shape;
}

/// The axis of `to` that is time, when `axis` of `from` becomes a group of axes of which it is the first.
std::optional<int> split_axis(const Shape& from, int axis, const Shape& to) {
  const std::int64_t before = elements_before(from, axis);
  for (int i = 0; i < static_cast<int>(to.size()); ++i) {
    const std::int32_t extent = to[static_cast<std::size_t>(i)];
    if (elements_before(to, i) != before || extent == 1) continue;
    const std::int32_t whole = from[static_cast<std::size_t>(axis)];
    if (extent >= whole || whole % extent != 0) return std::nullopt;
    std::int64_t group = 1;
    for (auto at = static_cast<std::size_t>(i); at < to.size() && group < whole; ++at) group *= to[at];
    return group == whole ? std::optional<int>(i) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FlatInput> take_reshape_out(Graph& graph, int axis) {
  const auto readers = consumers(graph);
  std::vector<TensorId> before{graph.inputs[0]};
  for (;;) {
    const auto& users = readers[static_cast<std::size_t>(before.back())];
    if (users.size() != 1 || is_graph_output(graph, before.back())) return std::nullopt;
    const auto at = static_cast<std::size_t>(users[0]);
    const Node& node = graph.nodes[at];
    if (works_on_values(graph, node)) {
      before.push_back(node.outputs[0]);
      continue;
    }
    if (node.op->name() != "reshape" || is_graph_output(graph, node.outputs[0])) return std::nullopt;
    const TensorId after = node.outputs[0];
    const Shape shape = graph.tensor(after).shape;
    FlatInput flat{graph.tensor(before[0]).shape, axis, 0};
    const auto time = split_axis(flat.frame, axis, shape);
    if (!time) return std::nullopt;
    flat.inner_axis = *time;
    flat.frame[static_cast<std::size_t>(axis)] /= shape[static_cast<std::size_t>(*time)];
    for (const TensorId id : before) graph.tensor(id).shape = shape;
    replace_uses(graph, after, before.back());
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at));
    return flat;
  }
}

void put_reshape_back(Graph& graph, const FlatInput& flat, std::int32_t frames) {
  const TensorId id = graph.inputs[0];
  Tensor input = graph.tensor(id);
  input.shape = flat.frame;
  input.shape[static_cast<std::size_t>(flat.axis)] *= frames;
  graph.tensor(id).file_axes.clear();
  graph.tensor(id).name += "/frames";
  std::unique_ptr<Operator> reshape = make_operator("reshape");
  set_attributes(*reshape, {{"new_shape", graph.tensor(id).shape}});
  graph.inputs[0] = graph.add_tensor(std::move(input));
  graph.nodes.insert(graph.nodes.begin(), {"frames", std::move(reshape), {graph.inputs[0]}, {id}});
}

}  // namespace mote
