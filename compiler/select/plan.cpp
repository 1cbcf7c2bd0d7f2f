#include "select/plan.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace mote {

namespace {

/// The rows that can run the node on the target, fewest predicted cycles first.
std::vector<Implementation> applicable(const NodeView& view, const Target& target) {
  std::vector<Implementation> rows;
  for (const Implementation& row : view.node().op->implementations(view)) {
    if (target.has(row.isa) && (row.applies == nullptr || row.applies(view))) rows.push_back(row);
  }
  const auto cycles = [&](const Implementation& row) { return row.cycles == nullptr ? 0 : row.cycles(view); };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Implementation& a, const Implementation& b) { return cycles(a) < cycles(b); });
  return rows;
}

/// Arguments that turn out to be constants become tables.
void pack_constant_inputs(const NodeView& view, KernelCall& call) {
  for (KernelArgument& argument : call.arguments) {
    if (argument.kind != KernelArgument::Kind::kInput || !view.input(argument.index).is_constant()) continue;
    const Tensor& tensor = view.input(argument.index);
    call.constants.push_back({fmt::format("input{}", argument.index), tensor.type, *tensor.data});
    argument = {KernelArgument::Kind::kConstant, static_cast<int>(call.constants.size()) - 1};
  }
}

Step make_step(const Graph& graph, std::size_t index, const Implementation& row) {
  const NodeView view(graph, graph.nodes[index]);
  Step step{index, std::string(row.name), row.cycles == nullptr ? 0 : row.cycles(view), row.lower(view)};
  pack_constant_inputs(view, step.call);
  return step;
}

/// Each node's implementation, and the memory that goes with them.
class Selection {
 public:
  Selection(const Graph& graph, const Target& target) : graph_(graph) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      with_context(fmt::format("{} ('{}')", node.op->name(), node.name), [&] {
        const NodeView view(graph, node);
        rows_.push_back(applicable(view, target));
        if (rows_[i].empty()) throw Error(fmt::format("has no implementation for {}", target.name));
        chosen_.push_back(0);
        steps.push_back(make_step(graph, i, rows_[i][0]));
        requests_.push_back({steps[i].call.scratch_bytes, steps[i].call.in_place, node.op->aliases(view)});
      });
    }
    memory = plan_memory(graph_, requests_);
  }

  /// Speed must not cost RAM unasked: scratch that raises the arena above what the tensors need gives way to the next row with
  /// less.
  void keep_arena_small() {
    std::vector<NodeMemory> bare = requests_;
    for (NodeMemory& each : bare) each.scratch_bytes = 0;
    const std::int64_t needed = plan_memory(graph_, bare).arena_bytes;
    while (memory.arena_bytes > needed && (give_way(needed) || give_way_cheaply())) memory = plan_memory(graph_, requests_);
  }

  std::vector<Step> steps;
  MemoryPlan memory;

 private:
  bool give_way(std::int64_t needed) {
    bool changed = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (memory.scratch_offsets[i] < 0 || memory.live_bytes[i] <= needed) continue;
      while (chosen_[i] + 1 < rows_[i].size()) {
        Step next = make_step(graph_, i, rows_[i][++chosen_[i]]);
        if (next.call.scratch_bytes >= requests_[i].scratch_bytes) continue;
        requests_[i].scratch_bytes = next.call.scratch_bytes;
        requests_[i].in_place = next.call.in_place;
        steps[i] = std::move(next);
        changed = true;
        break;
      }
    }
    return changed;
  }

  /// When all fits and yet no order of the buffers was found: the one row that loses least, if that is little.
  bool give_way_cheaply() {
    constexpr double kMostLoss = 0.1;
    std::optional<std::size_t> least;
    std::optional<Step> step;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (memory.scratch_offsets[i] < 0 || chosen_[i] + 1 == rows_[i].size()) continue;
      Step next = make_step(graph_, i, rows_[i][chosen_[i] + 1]);
      const double loss = next.predicted_cycles - steps[i].predicted_cycles;
      if (next.call.scratch_bytes >= requests_[i].scratch_bytes || loss > kMostLoss * steps[i].predicted_cycles) continue;
      if (step && loss >= step->predicted_cycles - steps[*least].predicted_cycles) continue;
      least = i;
      step = std::move(next);
    }
    if (!least) return false;
    ++chosen_[*least];
    requests_[*least].scratch_bytes = step->call.scratch_bytes;
    requests_[*least].in_place = step->call.in_place;
    steps[*least] = std::move(*step);
    return true;
  }

  const Graph& graph_;
  std::vector<std::vector<Implementation>> rows_;  // by node, best first
  std::vector<std::size_t> chosen_;
  std::vector<NodeMemory> requests_;
};

}  // namespace

std::int64_t Plan::constant_bytes() const {
  std::set<std::pair<DataType, std::string_view>> distinct;
  for (const Step& step : steps) {
    for (const PackedConstant& constant : step.call.constants) {
      distinct.emplace(constant.type,
                       std::string_view(reinterpret_cast<const char*>(constant.bytes.data()), constant.bytes.size()));
    }
  }
  std::int64_t total = 0;
  for (const auto& [type, bytes] : distinct) total += static_cast<std::int64_t>(bytes.size());
  return total;
}

Plan make_plan(Graph graph, const Target& target) {
  Plan plan{std::move(graph), target, {}, {}};
  Selection selection(plan.graph, target);
  selection.keep_arena_small();
  plan.memory = std::move(selection.memory);
  for (Step& step : selection.steps) {
    if (!plan.memory.is_view[step.node]) plan.steps.push_back(std::move(step));
  }
  return plan;
}

}  // namespace mote
