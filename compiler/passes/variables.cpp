#include "passes/variables.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "graph/print.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "ops/joined.hpp"
#include "ops/rearrange.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

bool is(const Node& node, std::string_view name) { return node.op->name() == name; }

/// The axis of a CONCATENATION.
struct AxisReader : AttributeVisitor {
  void visit(std::string_view, bool&) override {}
  void visit(std::string_view name, std::int32_t& value) override {
    if (name == "axis") axis = value;
  }
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view, Activation&) override {}
  void visit(std::string_view, Padding&) override {}
  std::int32_t axis = 0;
};

std::size_t axis_of(const Graph& graph, const Node& join) {
  AxisReader reader;
  join.op->clone()->visit_attributes(reader);
  const auto rank = static_cast<std::int32_t>(graph.tensor(join.inputs[0]).shape.size());
  return static_cast<std::size_t>(reader.axis < 0 ? reader.axis + rank : reader.axis);
}

/// Whether `slice` is the end of its input along `axis`, and the whole along the others.
bool is_end(const Graph& graph, const Node& slice, std::size_t axis) {
  const Shape& in = graph.tensor(slice.inputs[0]).shape;
  const Shape& out = graph.tensor(slice.outputs[0]).shape;
  if (in.size() != out.size()) return false;
  for (std::size_t i = 0; i < in.size(); ++i)
    if (i != axis && in[i] != out[i]) return false;
  // What it gives for the numbers of the places tells what it takes.
  Graph small;
  Tensor places = graph.tensor(slice.inputs[0]);
  places.type = DataType::kInt32;
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(places.elements()));
  const std::int64_t inner = elements_from(in, static_cast<int>(axis)) / in[axis];
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<std::int32_t>(static_cast<std::int64_t>(i) / inner % in[axis]);
  Node node = slice;
  Tensor taken = graph.tensor(slice.outputs[0]);
  taken.type = DataType::kInt32;
  std::vector<std::uint8_t*> bytes{reinterpret_cast<std::uint8_t*>(numbers.data())};
  std::vector<Bytes> operands;
  node.inputs = {small.add_tensor(places)};
  for (std::size_t i = 1; i < slice.inputs.size(); ++i) {
    const Tensor& operand = graph.tensor(slice.inputs[i]);
    if (!operand.is_constant()) return false;
    operands.push_back(*operand.data);
    node.inputs.push_back(small.add_tensor(operand));
  }
  for (Bytes& operand : operands) bytes.push_back(operand.data());
  node.outputs = {small.add_tensor(taken)};
  std::vector<std::int32_t> result(static_cast<std::size_t>(taken.elements()));
  node.op->evaluate(Evaluation(NodeView(small, node), bytes, {reinterpret_cast<std::uint8_t*>(result.data())}));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t expected = in[axis] - out[axis] + static_cast<std::int64_t>(i) / inner % out[axis];
    if (result[i] != expected) return false;
  }
  return true;
}

/// The nodes around one variable.
struct Place {
  std::size_t read = 0, join = 0, assign = 0;
  TensorId frame = kNoTensor;
  std::size_t axis = 0;
};

class Windows {
 public:
  explicit Windows(Graph& graph) : graph_(graph), made_(producers(graph)), read_(consumers(graph)), uses_(use_counts(graph)) {}

  bool run() {
    std::vector<std::pair<TensorId, Place>> found;
    for (std::size_t id = 0; id < graph_.tensors.size(); ++id) {
      if (!graph_.tensors[id].is_state) continue;
      if (const auto place = find(static_cast<TensorId>(id))) found.emplace_back(static_cast<TensorId>(id), *place);
    }
    for (const auto& [state, place] : found) replace(state, place);
    std::erase_if(graph_.nodes, [](const Node& node) { return node.op == nullptr; });
    return !found.empty();
  }

 private:
  const Node& node(std::int32_t index) const { return graph_.nodes[static_cast<std::size_t>(index)]; }
  const std::vector<std::int32_t>& readers(TensorId id) const { return read_[static_cast<std::size_t>(id)]; }
  std::int32_t maker(TensorId id) const { return made_[static_cast<std::size_t>(id)]; }
  bool used_once(TensorId id) const { return uses_[static_cast<std::size_t>(id)] == 1; }

  std::optional<Place> find(TensorId state) const {
    const auto& users = readers(state);
    if (users.size() != 2 || !is(node(users[0]), "read_variable") || !is(node(users[1]), "assign_variable")) return std::nullopt;
    const TensorId value = node(users[0]).outputs[0];
    if (!used_once(value)) return std::nullopt;
    Place place{.read = static_cast<std::size_t>(users[0]), .assign = static_cast<std::size_t>(users[1])};
    const bool holds_window = is(node(readers(value)[0]), "strided_slice") || is(node(readers(value)[0]), "slice");
    return holds_window ? whole_window(place, value) : history(place, value);
  }

  bool joins(const Node& join, TensorId old) const {
    return is(join, "concatenation") && join.inputs.size() == 2 && join.inputs[0] == old && join.inputs[1] != old;
  }

  /// old ++ frame, whose end is assigned.
  std::optional<Place> history(Place place, TensorId old) const {
    const std::int32_t at = readers(old)[0];
    const TensorId assigned = graph_.nodes[place.assign].inputs[1];
    if (!joins(node(at), old) || maker(assigned) < 0) return std::nullopt;
    const Node& cut = node(maker(assigned));
    place.join = static_cast<std::size_t>(at);
    place.frame = node(at).inputs[1];
    place.axis = axis_of(graph_, node(at));
    const bool is_cut = is(cut, "strided_slice") || is(cut, "slice");
    if (!is_cut || cut.inputs[0] != node(at).outputs[0] || !is_end(graph_, cut, place.axis)) return std::nullopt;
    return place;
  }

  /// The end of old ++ frame, all of which is assigned.
  std::optional<Place> whole_window(Place place, TensorId old) const {
    const Node& cut = node(readers(old)[0]);
    const TensorId end = cut.outputs[0];
    if (!used_once(end) || cut.inputs[0] != old) return std::nullopt;
    const std::int32_t at = readers(end).empty() ? -1 : readers(end)[0];
    if (at < 0 || !joins(node(at), end)) return std::nullopt;
    place.join = static_cast<std::size_t>(at);
    place.frame = node(at).inputs[1];
    place.axis = axis_of(graph_, node(at));
    if (graph_.nodes[place.assign].inputs[1] != node(at).outputs[0] || !is_end(graph_, cut, place.axis)) return std::nullopt;
    return place;
  }

  /// PUSH_WINDOW takes the place of the CONCATENATION; the variable grows to the window.
  void replace(TensorId id, const Place& place) {
    Node& join = graph_.nodes[place.join];
    const Tensor& window = graph_.tensor(join.outputs[0]);
    Tensor& state = graph_.tensor(id);
    if (state.shape != window.shape) {
      state.initial = grown(state, window.shape, place.axis);
      state.shape = window.shape;
    }
    std::unique_ptr<Operator> push = make_operator("push_window");
    parse_attributes(*push, fmt::format("axis={}", place.axis));
    join.op = std::move(push);
    join.inputs = {id, place.frame};
    graph_.nodes[place.read].op = nullptr;
    graph_.nodes[place.assign].op = nullptr;
  }

  /// The variable's first value at the end of a window that is real 0 before it.
  static std::shared_ptr<const Bytes> grown(const Tensor& state, const Shape& shape, std::size_t axis) {
    if (state.initial == nullptr) return nullptr;
    Tensor window = state;
    window.shape = shape;
    window.initial = nullptr;
    Bytes bytes = initial_state(window);
    const auto at = static_cast<int>(axis);
    const auto size = static_cast<std::int64_t>(type_bytes(state.type));
    const auto small = static_cast<std::size_t>(elements_from(state.shape, at) * size);
    const auto large = static_cast<std::size_t>(elements_from(shape, at) * size);
    for (std::size_t i = 0; i < static_cast<std::size_t>(elements_before(shape, at)); ++i)
      std::memcpy(&bytes[(i + 1) * large - small], state.initial->data() + i * small, small);
    return std::make_shared<const Bytes>(std::move(bytes));
  }

  Graph& graph_;
  std::vector<std::int32_t> made_;
  std::vector<std::vector<std::int32_t>> read_;
  std::vector<std::int32_t> uses_;
};

}  // namespace

bool make_windows(Graph& graph) {
  const bool changed = Windows(graph).run();
  if (changed) prune(graph);
  return changed;
}

bool read_in_place(Graph& graph) {
  const auto readers = consumers(graph);
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (!is(node, "read_variable") || is_graph_output(graph, node.outputs[0])) continue;
    const auto& users = readers[static_cast<std::size_t>(node.outputs[0])];
    const std::int32_t last = users.empty() ? static_cast<std::int32_t>(i) : users.back();
    const auto& touched = readers[static_cast<std::size_t>(node.inputs[0])];
    const bool kept = std::none_of(touched.begin(), touched.end(), [&](std::int32_t at) {
      const Node& other = graph.nodes[static_cast<std::size_t>(at)];
      return at > static_cast<std::int32_t>(i) && at <= last && !is(other, "read_variable");
    });
    if (!kept) continue;
    replace_uses(graph, node.outputs[0], node.inputs[0]);
    node.op = nullptr;
    changed = true;
  }
  std::erase_if(graph.nodes, [](const Node& node) { return node.op == nullptr; });
  if (changed) prune(graph);
  return changed;
}

}  // namespace mote
