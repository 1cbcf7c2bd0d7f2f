#include "select/plan.hpp"

#include <algorithm>
#include <cmath>
#include <list>
#include <set>

#include "memory/order.hpp"
#include "select/row_search.hpp"
#include "select/selection.hpp"

namespace mote {

namespace {

/// Finds the plan that the options ask for.
class Planning {
 public:
  Planning(const Graph& graph, const Target& target, const SelectionOptions& options)
      : graph_(graph), options_(options), table_(graph, target, options.kernels, options.tuning, !options.forced.empty()) {
    if (options.feed_rows && graph.source) throw Error("a pipeline takes samples, not rows", "leave --feed-rows out");
    usual_ram_ = Selection(graph, table_, options_, {}).usual_ram_bytes();
    apart_ = plan_memory(graph, requests_for_views(), {}, {.scratch_on_stack = false, .turns = 0});
    search_.emplace(table_, apart_, options.feed_rows);
  }

  Selection best() {
    std::optional<Selection> fastest = fastest_within(options_.ram_bytes);
    if (!fastest) fail();
    switch (options_.goal) {
      case Goal::kLatency:
        return std::move(*fastest);
      case Goal::kRam:
        return least_ram(std::move(*fastest));
      case Goal::kFlash:
        return least_flash(std::move(*fastest));
    }
    return std::move(*fastest);
  }

  /// Selections of which none is beaten in both RAM and cycles, the fastest first: those for ever smaller limits, until none fits.
  std::vector<Selection> front() {
    constexpr double kStep = 0.92, kMostSlowdown = 4;
    constexpr int kAttempts = 6, kMostMisses = 5;
    std::vector<Selection> found;
    std::optional<Selection> made = fastest_within(options_.ram_bytes);
    if (!made) fail();
    const double most = kMostSlowdown * made->cycles();
    auto limit = static_cast<double>(made->ram_bytes());
    for (int misses = 0; misses < kMostMisses; made = fastest_within(static_cast<std::int64_t>(limit), most, kAttempts)) {
      limit *= kStep;
      misses = made ? 0 : misses + 1;
      if (!made) continue;
      const std::int64_t ram = made->ram_bytes();
      const double cycles = made->cycles();
      limit = std::min(limit, kStep * static_cast<double>(ram));
      std::erase_if(found, [&](const Selection& each) { return each.ram_bytes() >= ram && each.cycles() >= cycles; });
      const bool beaten = std::any_of(found.begin(), found.end(), [&](const Selection& each) { return each.ram_bytes() <= ram && each.cycles() <= cycles; });
      if (!beaten) found.push_back(std::move(*made));
    }
    return found;
  }

 private:
  std::vector<NodeMemory> requests_for_views() const {
    std::vector<NodeMemory> requests;
    for (const Node& node : graph_.nodes) requests.push_back({.aliases = node.op->aliases(NodeView(graph_, node))});
    return requests;
  }

  Selection chosen(std::vector<RowRegion> regions, std::int64_t limit, bool counts_stack) {
    Selection made(graph_, table_, options_, std::move(regions));
    made.choose(limit, counts_stack);
    return made;
  }

  /// The selection with the fewest cycles that fits, if there is one with at most so many; without a limit what the tensors alone need
  /// is the limit, and nothing runs by rows that is not fed so.
  std::optional<Selection> fastest_within(std::optional<std::int64_t> limit, double most_cycles = HUGE_VAL, int attempts = 16) {
    const bool rows = options_.by_rows || options_.feed_rows;
    if (!limit && !options_.feed_rows) return chosen({}, usual_ram_, false);
    const std::int64_t most = limit.value_or(usual_ram_);
    std::optional<Selection> best;
    const auto attempt = [&](std::int64_t aim, double fewer_than) {
      const auto found = search_->within(aim);
      if (!found || found->cycles > std::min(most_cycles, fewer_than)) return std::optional<std::int64_t>();
      Selection made(graph_, table_, options_, found->regions);
      made.limit_scratch(found->scratch_limits);
      made.choose(most, true);
      const bool is_near = made.ram_bytes() > most && made.ram_bytes() - most < most / 12 && made.memory().lower_bound_bytes <= most;
      if (is_near) made.place_better();
      const std::int64_t over = made.ram_bytes() - most;
      if (over > 0) search_->enlarge(found->regions, made.ram_bytes() - made.memory().lower_bound_bytes);
      if (over <= 0 && (!best || made.cycles() < best->cycles())) best = std::move(made);
      return std::optional(over);
    };
    // Placements may need more than lives at once: then with a lower aim.
    std::int64_t aim = most;
    for (int i = 0; i < attempts && aim > 0 && rows && !best; ++i) {
      const auto over = attempt(aim, HUGE_VAL);
      if (!over) break;
      if (i % 2 == 1) aim -= std::clamp(*over / 2, most / 200 + 4, most / 40 + 4);
    }
    // The search is not exact: what it finds for less may even be faster.
    for (const double part : {0.94, 0.88, 0.82}) {
      if (rows && best && !best->regions().empty()) attempt(static_cast<std::int64_t>(part * static_cast<double>(most)), best->cycles());
    }
    if (!options_.feed_rows && (!best || !best->regions().empty()) && search_->fits_whole(most)) {
      Selection whole = chosen({}, most, true);
      if (whole.ram_bytes() <= most && (!best || whole.cycles() < best->cycles())) best = std::move(whole);
    }
    return best && best->cycles() <= most_cycles ? std::move(best) : std::nullopt;
  }

  /// By bisection: less RAM takes more cycles, nearly always.
  Selection least_ram(Selection fastest) {
    const double most = fastest.cycles() * options_.most_slowdown;
    Selection best = std::move(fastest);
    const auto attempt = [&](std::int64_t limit) {
      constexpr int kAttempts = 12;
      std::optional<Selection> made = fastest_within(limit, most, kAttempts);
      if (made) best = std::move(*made);
      return made.has_value();
    };
    for (std::int64_t low = 0; best.ram_bytes() - low > std::max<std::int64_t>(best.ram_bytes() / 50, 32);) {
      const std::int64_t middle = (low + best.ram_bytes()) / 2;
      if (!attempt(middle)) low = middle;
    }
    for (const double part : {0.98, 0.95, 0.91, 0.87, 0.83, 0.78, 0.72}) attempt(static_cast<std::int64_t>(part * static_cast<double>(best.ram_bytes())));
    return best;
  }

  /// By bisection over limits of flash, with the same layers by rows.
  Selection least_flash(Selection fastest) {
    const double most = fastest.cycles() * options_.most_slowdown;
    const std::int64_t ram = options_.ram_bytes.value_or(std::max(usual_ram_, fastest.ram_bytes()));
    const std::vector<RowRegion> regions = fastest.regions();
    Selection best = std::move(fastest);
    std::int64_t high = best.flash_bytes(), low = 0;
    while (high - low > 64) {
      const std::int64_t middle = (low + high) / 2;
      limits_.push_back(options_);
      limits_.back().flash_bytes = middle;
      Selection made(graph_, table_, limits_.back(), regions);
      if (made.try_choose(ram, options_.ram_bytes.has_value()) && made.cycles() <= most && made.ram_bytes() <= ram) {
        high = std::min(middle, made.flash_bytes());
        best = std::move(made);
      } else {
        low = middle;
      }
    }
    return best;
  }

  [[noreturn]] void fail() {
    if (options_.feed_rows && !search_->within(INT64_MAX / 4)) {
      throw Error("the model cannot take its input row by row",
                  "one input, an image that convolutions, pools or elementwise operators read row by row, can be fed so");
    }
    chosen({}, 0, true).fail_for_ram(options_.ram_bytes.value_or(usual_ram_));
  }

  const Graph& graph_;
  const SelectionOptions& options_;
  CandidateTable table_;
  std::int64_t usual_ram_ = 0;
  MemoryPlan apart_;
  std::optional<RowSearch> search_;
  std::list<SelectionOptions> limits_;  // selections refer to them
};

Plan plan_of(Graph graph, const Target& target, const Selection& selection) {
  Plan plan{std::move(graph), target, {}, {}, {}, 0, {}};
  selection.write_to(plan);
  return plan;
}

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

std::vector<std::string> Plan::library_sources() const {
  std::set<std::string> files;
  for (const Step& step : steps) files.insert(step.call.library_sources.begin(), step.call.library_sources.end());
  return {files.begin(), files.end()};
}

std::int64_t Plan::stack_scratch_bytes() const {
  std::int64_t most = 0;
  for (const Step& step : steps) {
    if (memory.scratch_offsets[step.node] == MemoryPlan::kOnStack) most = std::max(most, step.call.scratch_bytes);
  }
  return most;
}

double Plan::cycles() const {
  double sum = 0;
  for (const Step& step : steps) sum += step.predicted_cycles;
  return sum;
}

const Step* Plan::step_of(std::size_t node) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.node == node; });
  return found == steps.end() ? nullptr : &*found;
}

Plan make_plan(Graph graph, const Target& target, const SelectionOptions& options) {
  graph = in_best_order(std::move(graph));
  return plan_of(graph, target, Planning(graph, target, options).best());
}

std::vector<Plan> plan_front(const Graph& graph, const Target& target, const SelectionOptions& options) {
  std::vector<Plan> plans;
  const Graph ordered = in_best_order(graph);
  Planning planning(ordered, target, options);
  for (const Selection& each : planning.front()) plans.push_back(plan_of(ordered, target, each));
  return plans;
}

std::vector<Plan> make_plans_of_every_rank(const Graph& graph, const Target& target) {
  const SelectionOptions none;
  CandidateTable table(graph, target, none.kernels, none.tuning, true);
  Selection selection(graph, table, none, {});
  std::vector<Plan> plans;
  for (std::size_t rank = 0; rank < selection.ranks(); ++rank) {
    selection.take_rank(rank);
    plans.push_back(plan_of(graph, target, selection));
  }
  return plans;
}

}  // namespace mote
