#include "advise/choices.hpp"

#include <optional>

namespace mote {

namespace {

/// What `--ram` alone gives for the RAM of a plan of the front: selection may come to it another way.
std::optional<Plan> planned_within(const Graph& graph, const Target& target, SelectionOptions options, std::int64_t ram_bytes) {
  options.ram_bytes = ram_bytes;
  options.goal = Goal::kLatency;
  try {
    return make_plan(graph, target, options);
  } catch (const DoesNotFit&) {
    return std::nullopt;
  }
}

/// Adds plans that take less RAM than all before.
void add_front(std::vector<PlanChoice>& choices, const Graph& graph, const Target& target, const SelectionOptions& options) {
  for (const Plan& point : plan_front(graph, target, options)) {
    const std::int64_t limit = point.ram_bytes();
    if (!choices.empty() && limit >= choices.back().plan.ram_bytes()) continue;
    std::optional<Plan> plan = planned_within(graph, target, options, limit);
    if (plan) choices.push_back({std::move(*plan), fmt::format("--ram {}{}", limit, options.feed_rows ? " --feed-rows" : "")});
  }
}

}  // namespace

std::vector<PlanChoice> find_choices(const Graph& graph, const Target& target, const SelectionOptions& options) {
  std::vector<PlanChoice> choices;
  add_front(choices, graph, target, options);
  if (options.feed_rows || !options.by_rows || choices.empty()) return choices;
  SelectionOptions fed = options;
  fed.feed_rows = true;
  try {
    add_front(choices, graph, target, fed);
  } catch (const Error&) {
    // The model cannot be fed row by row.
  }
  return choices;
}

}  // namespace mote
