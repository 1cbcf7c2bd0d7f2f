#include "graph/operator.hpp"

#include <limits>

#include "graph/print.hpp"

namespace mote {

const Tensor& NodeView::input(int i) const {
  if (!has_input(i)) throw Error(fmt::format("input {} is missing", i), "the model file is damaged or was cut by hand");
  return graph_.tensor(node_.inputs[static_cast<std::size_t>(i)]);
}

const Tensor& NodeView::output(int i) const {
  if (i >= output_count()) throw Error(fmt::format("output {} is missing", i), "the model file is damaged or was cut by hand");
  return graph_.tensor(node_.outputs[static_cast<std::size_t>(i)]);
}

std::vector<std::int32_t> NodeView::integers(int i, std::string_view meaning) const {
  const Tensor& tensor = input(i);
  if (!tensor.is_constant()) {
    throw Error(fmt::format("the {} ('{}') is computed at run time", meaning, tensor.name),
                "shapes must be known when compiling; export the model with fixed shapes");
  }
  std::vector<std::int32_t> result;
  if (tensor.type == DataType::kInt32) {
    const auto values = tensor.values<std::int32_t>();
    result.assign(values.begin(), values.end());
  } else if (tensor.type == DataType::kInt64) {
    for (const std::int64_t value : tensor.values<std::int64_t>()) {
      if (value < INT32_MIN || value > INT32_MAX) throw Error(fmt::format("the {} holds {}, too large", meaning, value));
      result.push_back(static_cast<std::int32_t>(value));
    }
  } else {
    throw Error(fmt::format("the {} ('{}') is {}, integers are needed", meaning, tensor.name, type_name(tensor.type)));
  }
  return result;
}

Ranges Operator::output_ranges(const NodeView& node, const Ranges&) const { return whole_ranges(node.output()); }

void Operator::keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                             const std::vector<bool>&) const {
  throw InternalError(fmt::format("{} cannot drop channels", name()), __FILE__, __LINE__);
}

std::int64_t total_macs(const Graph& graph) {
  std::int64_t total = 0;
  for (const Node& node : graph.nodes) total += node.op->macs(NodeView(graph, node));
  return total;
}

Ranges whole_ranges(const Tensor& tensor) {
  Interval whole{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  if (tensor.type == DataType::kInt8) whole = {-128, 127};
  if (tensor.type == DataType::kInt16) whole = {-32768, 32767};
  if (tensor.type == DataType::kUint8) whole = {0, 255};
  return Ranges(tensor.shape.empty() ? 1 : static_cast<std::size_t>(tensor.shape.back()), whole);
}

bool equal(const Operator& a, const Operator& b) { return a.name() == b.name() && print_attributes(a) == print_attributes(b); }

}  // namespace mote
