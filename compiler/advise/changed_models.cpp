#include "advise/changed_models.hpp"

#include <algorithm>
#include <set>

#include "graph/operator.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::int32_t channels(const Graph& graph, TensorId id) {
  const Shape& shape = graph.tensor(id).shape;
  return shape.empty() ? 0 : shape.back();
}

ChannelFlow flow_of(const Graph& graph, const Node& node) {
  const NodeView view(graph, node);
  return view.has_input(0) && view.output_count() == 1 ? node.op->channel_flow(view) : ChannelFlow::kOpaque;
}

/// Whether the node makes channels of its own.
bool makes_channels(const Graph& graph, const Node& node) {
  const ChannelFlow flow = flow_of(graph, node);
  return flow == ChannelFlow::kMixed || (flow == ChannelFlow::kSpread && channels(graph, node.inputs[0]) == 1);
}

/// Tensors whose channels go together with those of one. False where they must all stay.
class Tied {
 public:
  explicit Tied(const Graph& graph) : graph_(graph), made_by_(producers(graph)), read_by_(consumers(graph)) {}

  bool add(TensorId id) {
    if (tensors_.count(id) != 0) return true;
    const Tensor& tensor = graph_.tensor(id);
    if (tensor.is_state || tensor.is_constant() || is_graph_input(graph_, id) || is_graph_output(graph_, id)) return false;
    tensors_.insert(id);
    const std::int32_t maker = made_by_[static_cast<std::size_t>(id)];
    if (maker < 0) return false;
    const Node& made = graph_.nodes[static_cast<std::size_t>(maker)];
    if (!makes_channels(graph_, made) && !follow(made)) return false;
    const auto& readers = read_by_[static_cast<std::size_t>(id)];
    return std::all_of(readers.begin(), readers.end(), [&](std::int32_t reader) {
      const Node& node = graph_.nodes[static_cast<std::size_t>(reader)];
      return flow_of(graph_, node) == ChannelFlow::kMixed ? node.inputs[0] == id : follow(node);
    });
  }

  bool holds(TensorId id) const { return tensors_.count(id) != 0; }
  const std::set<TensorId>& tensors() const { return tensors_; }

 private:
  /// Adds the other side of a node that passes channels on.
  bool follow(const Node& node) {
    const TensorId out = node.outputs[0];
    switch (flow_of(graph_, node)) {
      case ChannelFlow::kFolded:
      case ChannelFlow::kCoupled:
        return add(node.inputs[0]) && add(out);
      case ChannelFlow::kTied:
        return add(out) && std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
                 return id == kNoTensor || graph_.tensor(id).is_constant() || channels(graph_, id) != channels(graph_, out) ||
                        add(id);
               });
      default:
        return false;
    }
  }

  const Graph& graph_;
  std::vector<std::int32_t> made_by_;
  std::vector<std::vector<std::int32_t>> read_by_;
  std::set<TensorId> tensors_;
};

}  // namespace

std::optional<Graph> with_half_channels(const Graph& graph, TensorId id) {
  Tied tied(graph);
  if (!tied.add(id)) return std::nullopt;
  // Flattened tensors hold the channels of every place, one place after another.
  std::int32_t units = channels(graph, id);
  for (const TensorId each : tied.tensors()) units = std::min(units, channels(graph, each));
  if (units < 2) return std::nullopt;
  const auto kept = [&](TensorId each) {
    std::vector<bool> keep(static_cast<std::size_t>(channels(graph, each)), true);
    for (std::size_t c = 0; tied.holds(each) && c < keep.size(); ++c) keep[c] = c % static_cast<std::size_t>(units) % 2 == 0;
    return keep;
  };
  Graph cut = graph;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = cut.nodes[n];
    if (flow_of(graph, node) == ChannelFlow::kOpaque || (!tied.holds(node.inputs[0]) && !tied.holds(node.outputs[0]))) continue;
    const std::vector<bool> in = kept(node.inputs[0]);
    node.op->keep_channels(cut, node, in, std::vector<std::optional<std::int32_t>>(in.size()), kept(node.outputs[0]));
  }
  for (const TensorId each : tied.tensors()) {
    const std::vector<bool> keep = kept(each);
    cut.tensor(each).shape.back() = static_cast<std::int32_t>(std::count(keep.begin(), keep.end(), true));
  }
  try {
    verify(cut);
  } catch (const Error&) {
    return std::nullopt;  // an operand that names a shape
  }
  return cut;
}

std::optional<Graph> with_half_of_all_channels(const Graph& graph) {
  std::optional<Graph> cut;
  for (const Node& node : graph.nodes) {
    const TensorId id = node.outputs[0];
    const Graph& now = cut ? *cut : graph;
    if (channels(now, id) != channels(graph, id)) continue;  // went with others
    if (std::optional<Graph> half = with_half_channels(now, id)) cut = std::move(half);
  }
  return cut;
}

std::optional<Graph> with_narrow_weights(const Graph& graph, int bits) {
  Graph narrow = graph;
  bool changed = false;
  const int most = (1 << (bits - 1)) - 1;
  for (const Node& node : graph.nodes) {
    if (node.op->macs(NodeView(graph, node)) == 0) continue;
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor || !graph.tensor(id).is_constant() || graph.tensor(id).type != DataType::kInt8) continue;
      auto bytes = std::make_shared<std::vector<std::uint8_t>>(*graph.tensor(id).data);
      for (std::uint8_t& byte : *bytes) {
        const int code = static_cast<std::int8_t>(byte) * most / 127;
        byte = static_cast<std::uint8_t>(std::clamp(code, -most, most));
      }
      narrow.tensor(id).data = std::move(bytes);
      changed = true;
    }
  }
  return changed ? std::optional(std::move(narrow)) : std::nullopt;
}

}  // namespace mote
