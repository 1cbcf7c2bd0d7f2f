#include "select/plan.hpp"

#include <algorithm>
#include <set>

namespace mote {

namespace {

const Implementation* choose(const NodeView& view, const std::vector<Implementation>& rows, const Target& target) {
  const Implementation* best = nullptr;
  double best_cycles = 0;
  for (const Implementation& row : rows) {
    if (!target.has(row.isa) || (row.applies != nullptr && !row.applies(view))) continue;
    const double cycles = row.cycles == nullptr ? 0 : row.cycles(view);
    if (best == nullptr || cycles < best_cycles) {
      best = &row;
      best_cycles = cycles;
    }
  }
  return best;
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

Step make_step(const Graph& graph, std::size_t index, const Target& target) {
  const Node& node = graph.nodes[index];
  return with_context(fmt::format("{} ('{}')", node.op->name(), node.name), [&] {
    const NodeView view(graph, node);
    const auto rows = node.op->implementations(view);
    const Implementation* row = choose(view, rows, target);
    if (row == nullptr) throw Error(fmt::format("has no implementation for {}", target.name));
    Step step{index, std::string(row->name), row->cycles == nullptr ? 0 : row->cycles(view), row->lower(view)};
    pack_constant_inputs(view, step.call);
    return step;
  });
}

}  // namespace

std::int64_t Plan::constant_bytes() const {
  std::set<std::pair<DataType, std::string_view>> distinct;
  for (const Step& step : steps) {
    for (const PackedConstant& constant : step.call.constants) {
      distinct.emplace(constant.type, std::string_view(reinterpret_cast<const char*>(constant.bytes.data()), constant.bytes.size()));
    }
  }
  std::int64_t total = 0;
  for (const auto& [type, bytes] : distinct) total += static_cast<std::int64_t>(bytes.size());
  return total;
}

Plan make_plan(Graph graph, const Target& target) {
  Plan plan{std::move(graph), target, {}, {}};
  std::vector<Step> steps;
  std::vector<NodeMemory> memory;
  for (std::size_t i = 0; i < plan.graph.nodes.size(); ++i) {
    steps.push_back(make_step(plan.graph, i, target));
    const NodeView view(plan.graph, plan.graph.nodes[i]);
    memory.push_back({steps.back().call.scratch_bytes, steps.back().call.in_place, view.node().op->aliases(view)});
  }
  plan.memory = plan_memory(plan.graph, memory);
  for (Step& step : steps) {
    if (!plan.memory.is_view[step.node]) plan.steps.push_back(std::move(step));
  }
  return plan;
}

}  // namespace mote
