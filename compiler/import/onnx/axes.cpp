// Operators along axes: softmax.

#include <algorithm>
#include <numeric>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

void convert_softmax(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const int rank = static_cast<int>(in.size());
  if (rank == 0) throw Error("damaged: the input is a scalar");
  const bool over_one_axis = node.opset() >= 13;
  const std::int32_t axis = node.axis(node.integer("axis", over_one_axis ? -1 : 1), rank);
  const TensorId data = node.input(0);
  if (axis == rank - 1) return node.result(graph.add(op, {data}));
  if (!over_one_axis) {  // over all axes from this one on
    const auto rows = static_cast<std::int32_t>(element_count({in.begin(), in.begin() + axis}));
    const TensorId flat = graph.reshape(data, {rows, static_cast<std::int32_t>(element_count(in)) / rows});
    return node.result(graph.reshape(graph.add(op, {flat}), in));
  }
  std::vector<std::int32_t> there(static_cast<std::size_t>(rank));
  std::iota(there.begin(), there.end(), 0);
  auto back = there;
  std::rotate(there.begin() + axis, there.begin() + axis + 1, there.end());
  std::rotate(back.begin() + axis, back.end() - 1, back.end());
  node.result(graph.transpose(graph.add(op, {graph.transpose(data, there)}), back));
}

}  // namespace mote
