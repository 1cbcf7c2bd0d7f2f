// Operators that give values another shape or place.

#include <algorithm>
#include <numeric>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

void convert_reshape(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const auto wanted = node.opset() < 5 ? node.integers("shape") : node.integer_input(1, "new shape");
  const bool keep_zero = node.flag("allowzero", false);
  Shape shape;
  std::int64_t known = 1;
  std::size_t open = wanted.size();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::int64_t extent = wanted[i];
    if (extent == 0 && !keep_zero) {
      if (i >= in.size()) throw Error(fmt::format("extent {} of the new shape is copied from {}, which has none there", i, to_string(in)));
      extent = in[i];
    }
    if (extent < -1 || extent > INT32_MAX || (extent == -1 && open < wanted.size())) throw Error("damaged: the new shape is not valid");
    if (extent == -1) open = i;
    shape.push_back(static_cast<std::int32_t>(extent));
    if (extent != -1) known = std::min<std::int64_t>(known * extent, INT32_MAX);
  }
  if (open < wanted.size() && known > 0) shape[open] = static_cast<std::int32_t>(element_count(in) / known);
  if (element_count(shape) != element_count(in)) {
    throw Error(fmt::format("{} cannot become {}", to_string(in), to_string(shape)),
                "if the model was exported for another batch size, export it for one");
  }
  node.result(node.graph().reshape(node.input(0), shape));
}

void convert_flatten(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const std::int64_t given = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(in.size());
  if (given < -rank || given > rank) throw Error(fmt::format("damaged: axis {} of {}", given, to_string(in)));
  const auto at = static_cast<std::ptrdiff_t>(given < 0 ? given + rank : given);
  const std::int64_t rows = element_count({in.begin(), in.begin() + at});
  node.result(node.graph().reshape(node.input(0), {static_cast<std::int32_t>(rows), static_cast<std::int32_t>(element_count(in) / rows)}));
}

void convert_squeeze(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const auto axes = node.axes(node.integers_or_input("axes", 1, 13), static_cast<int>(in.size()));
  Shape shape;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool named = std::find(axes.begin(), axes.end(), static_cast<std::int32_t>(i)) != axes.end();
    if (named && in[i] != 1) throw Error(fmt::format("axis {} of {} is not 1", i, to_string(in)));
    if (!(named || (axes.empty() && in[i] == 1))) shape.push_back(in[i]);
  }
  node.result(node.graph().reshape(node.input(0), shape));
}

void convert_unsqueeze(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const auto given = node.integers_or_input("axes", 1, 13);
  const int rank = static_cast<int>(in.size() + given.size());
  if (rank > 16) throw Error(fmt::format("{} dimensions are too many", rank));
  auto axes = node.axes(given, rank);
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) throw Error("damaged: an axis is named twice");
  Shape shape = in;
  for (const std::int32_t axis : axes) shape.insert(shape.begin() + axis, 1);
  node.result(node.graph().reshape(node.input(0), shape));
}

void convert_transpose(NodeReader& node, std::string_view) {
  const int rank = node.rank(0);
  std::vector<std::int64_t> reversed(static_cast<std::size_t>(rank));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  const auto order = node.axes(node.integers("perm", reversed), rank);
  if (static_cast<int>(order.size()) != rank) throw Error(fmt::format("damaged: {} axes for {}", order.size(), to_string(node.shape(0))));
  node.result(node.graph().transpose(node.input(0), order));
}

namespace {

/// Constants among quantized values have the scale of the others.
void take_scales(ImportedGraph& graph, std::vector<TensorId>& parts) {
  const auto quantized = std::find_if(parts.begin(), parts.end(), [&](TensorId id) { return !graph.tensor(id).quantization.empty(); });
  if (quantized == parts.end()) return;
  const Quantization quantization = graph.tensor(*quantized).quantization;
  for (TensorId& id : parts) {
    const Tensor& part = graph.tensor(id);
    if (part.is_constant() && part.quantization.empty() && part.type == graph.type(*quantized)) {
      Tensor scaled = part;
      scaled.quantization = quantization;
      id = graph.add_tensor(std::move(scaled));
    }
  }
}

}  // namespace

void convert_concat(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  std::vector<TensorId> parts;
  // Parts without elements add nothing.
  for (const TensorId id : node.all_inputs()) {
    if (graph.tensor(id).elements() > 0) parts.push_back(id);
  }
  if (parts.empty()) throw Error("all inputs are empty");
  take_scales(graph, parts);
  const std::int32_t axis = node.axis(node.integer("axis"), graph.rank(parts[0]));
  node.result(parts.size() == 1 ? parts[0] : graph.add("concatenation", parts, {{"axis", axis}}));
}

void convert_slice(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const int rank = static_cast<int>(in.size());
  const bool as_inputs = node.opset() >= 10;
  const auto starts = as_inputs ? node.integer_input(1, "starts") : node.integers("starts");
  const auto ends = as_inputs ? node.integer_input(2, "ends") : node.integers("ends");
  std::vector<std::int64_t> along(starts.size());
  std::iota(along.begin(), along.end(), 0);
  if (as_inputs ? node.has_input(3) : node.has_attribute("axes")) along = as_inputs ? node.integer_input(3, "axes") : node.integers("axes");
  std::vector<std::int64_t> steps(starts.size(), 1);
  if (as_inputs && node.has_input(4)) steps = node.integer_input(4, "steps");
  if (ends.size() != starts.size() || along.size() != starts.size() || steps.size() != starts.size())
    throw Error("damaged: starts, ends, axes and steps differ in number");
  std::vector<std::int32_t> begin(in.size(), 0), size(in.begin(), in.end()), end(in.begin(), in.end()), step(in.size(), 1);
  std::int32_t from_the_start = 0;
  bool plain = true;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto at = static_cast<std::size_t>(node.axis(along[i], rank));
    const std::int64_t extent = in[at];
    if (steps[i] == 0 || std::abs(steps[i]) > INT32_MAX) throw Error(fmt::format("a step of {} is not possible", steps[i]));
    const auto place = [&](std::int64_t value, std::int64_t lowest, std::int64_t highest) {
      return std::clamp(value < 0 ? value + extent : value, lowest, highest);
    };
    const bool forward = steps[i] > 0;
    const std::int64_t first = forward ? place(starts[i], 0, extent) : place(starts[i], 0, extent - 1);
    const std::int64_t last = forward ? place(ends[i], 0, extent) : place(ends[i], -1, extent - 1);
    const std::int64_t count = forward ? (last - first + steps[i] - 1) / steps[i] : (first - last - steps[i] - 1) / -steps[i];
    if (count <= 0) throw Error(fmt::format("nothing is left along axis {} of {}", at, to_string(in)));
    plain = plain && steps[i] == 1;
    begin[at] = static_cast<std::int32_t>(first);
    size[at] = static_cast<std::int32_t>(count);
    end[at] = static_cast<std::int32_t>(last);
    step[at] = static_cast<std::int32_t>(steps[i]);
    if (last < 0) {  // TFLite's -1 is the last element, not the one in front of the first
      end[at] = 0;
      from_the_start |= 1 << at;
    }
  }
  const TensorId data = node.input(0);
  if (size == in && plain) return node.result(data);
  if (plain) return node.result(graph.add("slice", {data, graph.integers(begin), graph.integers(size)}));
  node.result(graph.add("strided_slice", {data, graph.integers(begin), graph.integers(end), graph.integers(step)}, {{"end_mask", from_the_start}}));
}

}  // namespace mote
