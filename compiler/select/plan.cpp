#include "select/plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/ranges.h>

#include "memory/order.hpp"
#include "select/knapsack.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string label(const Node& node) { return fmt::format("{} ('{}')", node.op->name(), node.name); }

/// Each node's implementation, and the memory that goes with them.
class Selection {
 public:
  Selection(const Graph& graph, const Target& target, const SelectionOptions& options) : graph_(graph), options_(options) {
    candidates_.reserve(graph.nodes.size());
    for (const Node& node : graph.nodes) {
      with_context(label(node), [&] {
        candidates_.push_back(find_candidates(NodeView(graph, node), target, options.kernels, options.tuning));
      });
    }
    for (const auto& candidates : candidates_) {
      choices_.push_back({&candidates, std::vector<bool>(candidates.size(), true)});
      reasons_.emplace_back(candidates.size());
    }
    for (const auto& [layer, implementation] : options.forced) force(layer, implementation);
  }

  /// The fastest set that keeps to the budgets.
  void choose() {
    const MemoryPlan bare = plan_memory(graph_, least_requests());
    make_views_free(bare);
    const std::int64_t limit = options_.ram_bytes.value_or(bare.arena_bytes);
    if (bare.arena_bytes > limit) fail_for_ram(bare, limit);
    do {
      take_fastest();
    } while (ram_bytes() > limit && forbid_scratch(limit));
    if (options_.ram_bytes && ram_bytes() > limit) fail_for_ram(memory_, limit);
  }

  /// Candidates of the node that has most, at least 1.
  std::size_t ranks() const {
    std::size_t most = 1;
    for (const auto& candidates : candidates_) most = std::max(most, candidates.size());
    return most;
  }

  void take_rank(std::size_t rank) {
    chosen_.clear();
    for (const auto& candidates : candidates_) chosen_.push_back(std::min(rank, candidates.size() - 1));
    memory_ = plan_memory(graph_, chosen_requests());
  }

  void write_to(Plan& plan) const {
    plan.memory = memory_;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      plan.alternatives.push_back(alternatives(i));
      if (memory_.is_view[i]) continue;
      const Candidate& taken = candidates_[i][chosen_[i]];
      plan.steps.push_back({i, taken.implementation, taken.cycles, taken.call});
    }
    plan.predicted_code_bytes = kFixedCodeBytes + flash_of(choices_, chosen_) - table_bytes();
  }

 private:
  /// Model::run() itself, the functions around it, and what the kernels take from the C library.
  static constexpr std::int64_t kFixedCodeBytes = 400;

  void force(const std::string& layer, const std::string& implementation) {
    bool layer_found = false, forced = false;
    std::set<std::string> known;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (layer != "*" && graph_.nodes[i].name != layer) continue;
      layer_found = true;
      std::vector<bool> allowed(candidates_[i].size());
      for (std::size_t c = 0; c < allowed.size(); ++c) {
        allowed[c] = candidates_[i][c].implementation == implementation;
        known.insert(candidates_[i][c].implementation);
      }
      if (std::find(allowed.begin(), allowed.end(), true) == allowed.end()) continue;
      forced = true;
      for (std::size_t c = 0; c < allowed.size(); ++c) {
        if (!allowed[c]) forbid(i, c, "another one is forced");
      }
    }
    if (!layer_found) throw Error(fmt::format("there is no layer '{}' to force", layer), "`mote inspect` lists the layers");
    if (forced) return;
    throw Error(
        fmt::format("{} cannot run as '{}'", layer == "*" ? "no layer" : fmt::format("layer '{}'", layer), implementation),
        fmt::format("it can run as: {}", fmt::join(known, ", ")));
  }

  void forbid(std::size_t node, std::size_t candidate, std::string reason) {
    choices_[node].allowed[candidate] = false;
    reasons_[node][candidate] = std::move(reason);
  }

  NodeMemory request(std::size_t node, std::size_t candidate) const {
    const KernelCall& call = candidates_[node][candidate].call;
    return {call.scratch_bytes, call.in_place, graph_.nodes[node].op->aliases(NodeView(graph_, graph_.nodes[node]))};
  }

  std::vector<NodeMemory> chosen_requests() const {
    std::vector<NodeMemory> made;
    for (std::size_t i = 0; i < candidates_.size(); ++i) made.push_back(request(i, chosen_[i]));
    return made;
  }

  /// Of each node the candidate with the least scratch: no choice asks less of memory.
  std::vector<NodeMemory> least_requests() const {
    std::vector<NodeMemory> made;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      std::optional<std::size_t> least;
      for (std::size_t c = 0; c < candidates_[i].size(); ++c) {
        if (!choices_[i].allowed[c]) continue;
        if (!least || candidates_[i][c].call.scratch_bytes < candidates_[i][*least].call.scratch_bytes) least = c;
      }
      made.push_back(request(i, least.value_or(0)));
    }
    return made;
  }

  void make_views_free(const MemoryPlan& memory) {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (!memory.is_view[i]) continue;
      for (Candidate& each : candidates_[i]) each.cycles = 0, each.code_bytes = 0, each.table_bytes = 0;
    }
  }

  std::int64_t table_bytes() const {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) bytes += candidates_[i][chosen_[i]].table_bytes;
    return bytes;
  }

  std::int64_t ram_bytes() const {
    std::int64_t stack = 0;
    if (options_.ram_bytes) {
      for (std::size_t i = 0; i < candidates_.size(); ++i) {
        if (memory_.scratch_offsets[i] == MemoryPlan::kOnStack) stack = std::max(stack, scratch(i));
      }
    }
    return memory_.arena_bytes + stack;
  }

  void take_fastest() {
    std::optional<std::int64_t> tables_and_kernels;
    if (options_.flash_bytes) tables_and_kernels = *options_.flash_bytes - kFixedCodeBytes;
    const auto fastest = fastest_within(choices_, tables_and_kernels);
    if (!fastest) fail_for_flash();
    chosen_ = *fastest;
    memory_ = plan_memory(graph_, chosen_requests());
  }

  /// Forbids, where scratch is what exceeds the limit, all that need as much. False when there is nothing left to forbid.
  bool forbid_scratch(std::int64_t limit) {
    bool changed = false;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const bool on_stack = memory_.scratch_offsets[i] == MemoryPlan::kOnStack;
      if (memory_.scratch_offsets[i] < 0 && !(on_stack && options_.ram_bytes)) continue;
      const std::int64_t live = memory_.live_bytes[i] + (on_stack ? scratch(i) : 0);
      const bool stack_is_too_much = on_stack && memory_.arena_bytes + scratch(i) > limit;
      if (live > limit || stack_is_too_much) changed |= forbid_scratch_of(i);
    }
    return changed || forbid_best(limit);
  }

  /// Forbids all that need as much scratch as the chosen candidate. False, and nothing changes, when none needs less.
  bool forbid_scratch_of(std::size_t node) {
    if (!next_with_less_scratch(node)) return false;
    const std::int64_t least = scratch(node);
    for (std::size_t c = 0; c < candidates_[node].size(); ++c) {
      const std::int64_t bytes = candidates_[node][c].call.scratch_bytes;
      if (choices_[node].allowed[c] && bytes >= least)
        forbid(node, c, fmt::format("its {} bytes of scratch would take more RAM", grouped(bytes)));
    }
    return true;
  }

  /// Where no single step exceeds the limit but their placement does: of what makes the arena smaller with less scratch the one
  /// that loses the fewest cycles; when nothing does alone, what loses the smallest part of its own.
  bool forbid_best(std::int64_t limit) {
    std::optional<std::size_t> best, cheapest;
    double least_part = 0;
    std::pair<bool, double> best_score;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const auto next = next_with_less_scratch(i);
      if (memory_.scratch_offsets[i] < 0 || !next) continue;
      const double part = candidates_[i][*next].cycles / candidates_[i][chosen_[i]].cycles;
      if (!cheapest || part < least_part) cheapest = i, least_part = part;
      std::vector<NodeMemory> tried = chosen_requests();
      tried[i] = request(i, *next);
      const std::int64_t arena = plan_memory(graph_, std::move(tried)).arena_bytes;
      if (arena >= memory_.arena_bytes) continue;
      const std::pair score{arena > limit, candidates_[i][*next].cycles - candidates_[i][chosen_[i]].cycles};
      if (!best || score < best_score) best = i, best_score = score;
    }
    if (!best) best = cheapest;
    return best && forbid_scratch_of(*best);
  }

  std::int64_t scratch(std::size_t node) const { return candidates_[node][chosen_[node]].call.scratch_bytes; }

  std::optional<std::size_t> next_with_less_scratch(std::size_t node) const {
    for (std::size_t c = 0; c < candidates_[node].size(); ++c) {
      if (choices_[node].allowed[c] && candidates_[node][c].call.scratch_bytes < scratch(node)) return c;
    }
    return std::nullopt;
  }

  [[noreturn]] void fail_for_ram(const MemoryPlan& memory, std::int64_t limit) const {
    const Node& peak = graph_.nodes[static_cast<std::size_t>(memory.peak_node)];
    throw DoesNotFit(
        fmt::format("the model does not fit {} bytes of RAM: {} needs {} while it runs, and the whole {}", grouped(limit),
                    label(peak), grouped(memory.live_bytes[static_cast<std::size_t>(memory.peak_node)]),
                    grouped(memory.arena_bytes)),
        fmt::format("allow at least --ram {}; `mote plan` with these options says what else would help", memory.arena_bytes));
  }

  [[noreturn]] void fail_for_flash() const {
    std::int64_t least = kFixedCodeBytes;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      std::int64_t smallest = INT64_MAX;
      for (std::size_t c = 0; c < candidates_[i].size(); ++c) {
        if (choices_[i].allowed[c]) smallest = std::min(smallest, candidates_[i][c].table_bytes + candidates_[i][c].code_bytes);
      }
      least += smallest;
    }
    throw DoesNotFit(fmt::format("the model does not fit {} bytes of flash: its smallest form is predicted to need about {}",
                                 grouped(*options_.flash_bytes), grouped(least)),
                     "allow more with --flash; `mote plan` with these options says what else would help");
  }

  std::vector<Alternative> alternatives(std::size_t node) const {
    std::vector<Alternative> list;
    for (std::size_t c = 0; c < candidates_[node].size(); ++c) {
      const Candidate& each = candidates_[node][c];
      std::string verdict = reasons_[node][c];
      if (memory_.is_view[node])
        verdict = "not needed: the output is a view of the input";
      else if (c == chosen_[node])
        verdict = "chosen";
      else if (verdict.empty())
        verdict = c > chosen_[node] ? "slower" : "the flash is better spent elsewhere";
      list.push_back({each.implementation, each.cycles, each.measured, each.table_bytes, each.code_bytes, each.call.scratch_bytes,
                      std::move(verdict)});
    }
    return list;
  }

  const Graph& graph_;
  const SelectionOptions& options_;
  std::vector<std::vector<Candidate>> candidates_;  // by node, fewest cycles first
  std::vector<Choice> choices_;
  std::vector<std::vector<std::string>> reasons_;  // by node and candidate: why it is not allowed
  std::vector<std::size_t> chosen_;
  MemoryPlan memory_;
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
  Plan plan{in_best_order(std::move(graph)), target, {}, {}, {}, 0, {}};
  Selection selection(plan.graph, target, options);
  selection.choose();
  selection.write_to(plan);
  return plan;
}

std::vector<Plan> plan_front(const Graph& graph, const Target& target, const SelectionOptions& options) {
  return {make_plan(graph, target, options)};
}

std::vector<Plan> make_plans_of_every_rank(const Graph& graph, const Target& target) {
  const SelectionOptions none;
  Selection selection(graph, target, none);
  std::vector<Plan> plans;
  for (std::size_t rank = 0; rank < selection.ranks(); ++rank) {
    selection.take_rank(rank);
    selection.write_to(plans.emplace_back(Plan{graph, target, {}, {}, {}, 0, {}}));
  }
  return plans;
}

}  // namespace mote
