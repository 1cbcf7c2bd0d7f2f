#include "search/trade_offs.hpp"

#include <algorithm>
#include <cmath>

#include "support/error.hpp"

namespace mote {

namespace {

std::optional<Plan> plan_within(const Graph& graph, const Target& target, std::optional<std::int64_t> flash,
                                std::optional<std::int64_t> ram) {
  SelectionOptions options;
  options.flash_bytes = flash;
  options.ram_bytes = ram;
  try {
    return make_plan(graph, target, options);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The limits, lowered by what the measured library takes too much; nothing when that would change nothing.
std::optional<PlannedCost> tightened(const Budget& budget, const Plan& plan, const PlannedCost& measured) {
  PlannedCost result = measured;
  const Cost& cost = measured.cost;
  if (budget.flash_bytes && cost.flash_bytes > *budget.flash_bytes) {
    const std::int64_t predicted = predicted_cost(plan).flash_bytes;
    result.flash_limit = std::min(measured.flash_limit.value_or(predicted), predicted) - (cost.flash_bytes - *budget.flash_bytes);
  }
  if (budget.ram_bytes && cost.ram_bytes > *budget.ram_bytes)
    result.ram_limit = plan.memory.arena_bytes + plan.stack_scratch_bytes() - (cost.ram_bytes - *budget.ram_bytes);
  if (result.flash_limit == measured.flash_limit && result.ram_limit == measured.ram_limit) return std::nullopt;
  return result;
}

}  // namespace

std::vector<PlannedCost> trade_offs(const Graph& graph, const Target& target, const Budget& budget) {
  constexpr int kBetween = 2;
  constexpr double kNear = 1.01;
  std::optional<std::int64_t> ram = budget.ram_bytes;
  std::optional<Plan> fastest = plan_within(graph, target, std::nullopt, ram);
  if (!fastest) {
    ram.reset();
    fastest = make_plan(graph, target, {});
  }
  const Cost most = predicted_cost(*fastest);
  // The least flash that selection can hold to.
  std::int64_t low = 0, high = most.flash_bytes;
  while (static_cast<double>(high) > kNear * static_cast<double>(low) + 64) {
    const std::int64_t middle = low + (high - low) / 2;
    (plan_within(graph, target, middle, ram) ? high : low) = middle;
  }
  std::vector<std::int64_t> limits{high};
  for (int i = 1; i <= kBetween; ++i)
    limits.push_back(static_cast<std::int64_t>(
        static_cast<double>(high) *
        std::pow(static_cast<double>(most.flash_bytes) / static_cast<double>(high), i / (kBetween + 1.0))));
  if (budget.flash_bytes && *budget.flash_bytes > high && *budget.flash_bytes < most.flash_bytes)
    limits.push_back(*budget.flash_bytes);
  std::sort(limits.begin(), limits.end());
  std::vector<PlannedCost> plans;
  for (const std::int64_t limit : limits) {
    const auto plan = plan_within(graph, target, limit, ram);
    if (!plan) continue;
    const Cost cost = predicted_cost(*plan);
    if (plans.empty() || cost.flash_bytes > plans.back().cost.flash_bytes) plans.push_back({limit, ram, cost});
  }
  if (plans.empty() || most.flash_bytes > plans.back().cost.flash_bytes) plans.push_back({std::nullopt, ram, most});
  return plans;
}

MeasuredLibrary hold_to_budget(const Graph& graph, const Target& target, const Budget& budget, const PlannedCost& start,
                               const QuantizeProgress& progress) {
  constexpr int kRounds = 6;
  std::vector<Bytes> inputs;
  for (const TensorId id : graph.inputs) inputs.emplace_back(graph.tensor(id).bytes(), std::uint8_t{0});
  std::optional<Plan> plan = plan_within(graph, target, start.flash_limit, start.ram_limit);
  if (!plan) throw Error("a plan of the search's file cannot be made of this model", "delete the file to search anew");
  MeasuredLibrary library{*plan, start};
  for (int round = 0; round < kRounds; ++round) {
    if (progress) progress("measuring the library", static_cast<double>(round) / kRounds);
    library.limits.cost = measured_cost(library.plan, inputs);
    library.held = holds(budget, library.limits.cost);
    const auto next = library.held ? std::nullopt : tightened(budget, library.plan, library.limits);
    if (!next) break;
    plan = plan_within(graph, target, next->flash_limit, next->ram_limit);
    if (!plan) break;
    library = {std::move(*plan), *next};
  }
  return library;
}

}  // namespace mote
