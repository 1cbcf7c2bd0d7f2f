#include "common/arena_check.hpp"

#include <algorithm>

#include "ops/kernel_call.hpp"
#include "targets/target.hpp"

namespace mote::test {

namespace {

using Value = std::int64_t;  // what a byte holds: each byte of each tensor is a value of its own, except for views
constexpr Value kGarbage = -1;

struct Range {
  std::int64_t begin, end;
  bool meets(const Range& other) const { return begin < other.end && other.begin < end; }
};

class Player {
 public:
  Player(const Graph& graph, const std::vector<NodeMemory>& nodes, const MemoryPlan& plan)
      : graph_(graph), nodes_(nodes), plan_(plan), arena_(static_cast<std::size_t>(plan.arena_bytes), kGarbage), values_(graph.tensors.size()) {}

  std::string play() {
    for (const TensorId id : graph_.inputs) write(id);
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state && plan_.tensor_offsets[i] != MemoryPlan::kNowhere) write(static_cast<TensorId>(i));
    }
    for (step_ = 0; step_ < graph_.nodes.size() && fault_.empty(); ++step_) run(graph_.nodes[step_]);
    if (!fault_.empty()) return fault_;
    for (const TensorId id : graph_.outputs) read(id, "an output at the end");
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state) read(static_cast<TensorId>(i), "state at the end");
    }
    return fault_;
  }

 private:
  void run(const Node& node) {
    for (const TensorId id : node.inputs) read(id, "an input");
    if (plan_.is_view[step_]) return make_views(node);
    check_outputs(node);
    const bool on_stack = plan_.scratch_offsets[step_] == MemoryPlan::kOnStack;
    if (on_stack) forbid(nodes_[step_].scratch_bytes > 2048, "scratch too large for the stack lies there");
    if (nodes_[step_].scratch_bytes > 0 && !on_stack) {
      const Range scratch{plan_.scratch_offsets[step_], plan_.scratch_offsets[step_] + nodes_[step_].scratch_bytes};
      for (const TensorId id : node.inputs) forbid(placed(id) && scratch.meets(range(id)), "scratch lies over an input");
      for (const TensorId id : node.outputs) forbid(scratch.meets(range(id)), "scratch lies over an output");
      fill(scratch, [](std::size_t) { return kGarbage; });
    }
    for (const TensorId id : node.outputs) write(id);
    for (const TensorId id : node.outputs) read(id, "a result beside the others");
    if (const TensorId state = changed_state(node); state != kNoTensor)
      values_[static_cast<std::size_t>(state)] = values_[static_cast<std::size_t>(node.outputs[0])];
  }

  /// No result lies over what the node still reads, but where the kernel allows it, and then exactly.
  void check_outputs(const Node& node) {
    for (const TensorId out : node.outputs) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorId in = node.inputs[i];
        if (!placed(in) || !range(in).meets(range(out))) continue;
        const auto& allowed = nodes_[step_].in_place;
        if (in == changed_state(node)) {
          forbid(out != node.outputs[0] || range(in).begin != range(out).begin, "a result does not lie where its state does");
          continue;
        }
        const bool may = out == node.outputs[0] && range(in).begin == range(out).begin &&
                         std::any_of(allowed.begin(), allowed.end(), [&](int k) { return node.inputs[static_cast<std::size_t>(k)] == in; });
        forbid(!may, "a result lies over an input");
      }
    }
  }

  /// The state that is output 0 from then on.
  TensorId changed_state(const Node& node) const {
    const int input = node.op->output_state(NodeView(graph_, node));
    return input < 0 ? kNoTensor : node.inputs[static_cast<std::size_t>(input)];
  }

  void make_views(const Node& node) {
    for (const TensorId id : node.outputs) values_[static_cast<std::size_t>(id)].assign(bytes(id), kGarbage);
    for (const Alias& alias : nodes_[step_].aliases) {
      const auto& in = values_[static_cast<std::size_t>(node.inputs[static_cast<std::size_t>(alias.input)])];
      auto& out = values_[static_cast<std::size_t>(node.outputs[static_cast<std::size_t>(alias.output)])];
      const auto offset = static_cast<std::size_t>(alias.offset_bytes);
      if (alias.input_is_smaller) {
        std::copy(in.begin(), in.end(), out.begin() + alias.offset_bytes);
      } else {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[offset + i];
      }
    }
    for (const TensorId id : node.outputs) read(id, "a view");
  }

  void write(TensorId id) {
    auto& value = values_[static_cast<std::size_t>(id)];
    value.resize(bytes(id));
    for (Value& each : value) each = next_++;
    fill(range(id), [&](std::size_t i) { return value[i]; });
  }

  void read(TensorId id, const char* what) {
    if (id == kNoTensor || graph_.tensor(id).is_constant()) return;
    if (!placed(id)) return forbid(true, "a tensor in use has no place");
    const auto& value = values_[static_cast<std::size_t>(id)];
    for (std::size_t i = 0; i < bytes(id); ++i) {
      const std::size_t at = static_cast<std::size_t>(range(id).begin) + i;
      if (at >= arena_.size() || arena_[at] != value[i] || value[i] == kGarbage) {
        return forbid(true, fmt::format("{}, tensor '{}', has lost byte {}", what, graph_.tensor(id).name, i));
      }
    }
  }

  template <typename ValueOf>
  void fill(const Range& where, ValueOf&& value_of) {
    forbid(where.begin < 0 || where.end > plan_.arena_bytes, "something lies outside of the arena");
    for (std::int64_t i = std::max<std::int64_t>(where.begin, 0); i < std::min(where.end, plan_.arena_bytes); ++i) {
      arena_[static_cast<std::size_t>(i)] = value_of(static_cast<std::size_t>(i - where.begin));
    }
  }

  void forbid(bool wrong, const std::string& what) {
    if (wrong && fault_.empty()) fault_ = fmt::format("step {}: {}", step_, what);
  }

  bool placed(TensorId id) const { return id != kNoTensor && plan_.tensor_offsets[static_cast<std::size_t>(id)] != MemoryPlan::kNowhere; }
  std::size_t bytes(TensorId id) const { return static_cast<std::size_t>(graph_.tensor(id).bytes()); }
  Range range(TensorId id) const {
    const std::int64_t begin = plan_.tensor_offsets[static_cast<std::size_t>(id)];
    return {begin, begin + graph_.tensor(id).bytes()};
  }

  const Graph& graph_;
  const std::vector<NodeMemory>& nodes_;
  const MemoryPlan& plan_;
  std::vector<Value> arena_;
  std::vector<std::vector<Value>> values_;  // by tensor
  Value next_ = 0;
  std::size_t step_ = 0;
  std::string fault_;
};

}  // namespace

std::string arena_fault(const Graph& graph, const std::vector<NodeMemory>& nodes, const MemoryPlan& plan) {
  return Player(graph, nodes, plan).play();
}

std::vector<NodeMemory> node_memory(const Graph& graph) {
  std::vector<NodeMemory> result;
  for (const Node& node : graph.nodes) {
    const NodeView view(graph, node);
    const auto rows = node.op->implementations(view);
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Implementation& each) { return each.applies == nullptr || each.applies(view); });
    const KernelCall call = row->lower(view);
    result.push_back({call.scratch_bytes, call.in_place, node.op->aliases(view)});
  }
  return result;
}

}  // namespace mote::test
