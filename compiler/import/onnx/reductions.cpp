// Reductions over axes, and where the largest value stands.

#include <algorithm>
#include <numeric>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

struct Reduction {
  std::vector<std::int32_t> axes;
  bool keep = true;
  /// Nothing is reduced.
  bool empty = false;
};

Reduction read_reduction(NodeReader& node) {
  const bool sum = node.node().type == "ReduceSum";
  Reduction result;
  result.keep = node.flag("keepdims", true);
  const bool nothing = node.flag("noop_with_empty_axes", false);
  const int rank = node.rank(0);
  result.axes = node.axes(node.integers_or_input("axes", 1, sum ? 13 : 18), rank);
  if (result.axes.empty()) {
    result.empty = nothing || rank == 0;
    result.axes.resize(static_cast<std::size_t>(rank));
    std::iota(result.axes.begin(), result.axes.end(), 0);
  }
  std::sort(result.axes.begin(), result.axes.end());
  result.axes.erase(std::unique(result.axes.begin(), result.axes.end()), result.axes.end());
  return result;
}

TensorId reduce(NodeReader& node, std::string_view op, TensorId data, const Reduction& by) {
  return by.empty ? data : node.graph().add(op, {data, node.graph().integers(by.axes)}, {{"keep_dims", by.keep}});
}

}  // namespace

void convert_reduction(NodeReader& node, std::string_view op) { node.result(reduce(node, op, node.input(0), read_reduction(node))); }

/// Sums of something else than the values.
void convert_norm(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::string& type = node.node().type;
  const Reduction by = read_reduction(node);
  const TensorId data = node.input(0);
  if (type == "ReduceLogSumExp" && by.axes == std::vector<std::int32_t>{node.graph().rank(data) - 1})
    return node.result(graph.add("log_sum_exp", {data}, {{"keep_dims", by.keep}}));
  if (type == "ReduceLogSumExp") {
    // The largest value comes off first, so that nothing overflows.
    const Reduction kept{by.axes, true, by.empty};
    const TensorId largest = reduce(node, "reduce_max", data, kept);
    const TensorId sum = reduce(node, "sum", graph.add("exp", {graph.add("sub", {data, largest})}), kept);
    const TensorId whole = graph.add("add", {graph.add("log", {sum}), largest});
    Shape shape = graph.shape(whole);
    if (!by.keep && !by.empty) {
      for (std::size_t i = by.axes.size(); i-- > 0;) shape.erase(shape.begin() + by.axes[i]);
    }
    return node.result(graph.reshape(whole, shape));
  }
  if (type == "ReduceLogSum") return node.result(graph.add("log", {reduce(node, "sum", data, by)}));
  if (type == "ReduceL1") return node.result(reduce(node, "sum", graph.add("abs", {data}), by));
  const TensorId squares = reduce(node, "sum", graph.add("square", {data}), by);
  node.result(type == "ReduceL2" ? graph.add("sqrt", {squares}) : squares);
}

void convert_arg(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  node.require("select_last_index", 0);
  const std::int32_t axis = node.axis(node.integer("axis", 0), node.rank(0));
  const TensorId found = graph.add(op, {node.input(0), graph.integers({axis})}, {}, {DataType::kInt32, Quantization{}});
  if (!node.flag("keepdims", true)) return node.result(found);
  Shape shape = node.shape(0);
  shape[static_cast<std::size_t>(axis)] = 1;
  node.result(graph.reshape(found, shape));
}

void convert_cumulative_sum(NodeReader& node, std::string_view op) {
  const bool exclusive = node.flag("exclusive", false);
  node.result(node.graph().add(op, {node.input(0), node.input(1)}, {{"exclusive", exclusive}, {"reverse", node.flag("reverse", false)}}));
}

}  // namespace mote
