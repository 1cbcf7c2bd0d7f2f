#include "select/selection.hpp"

#include <algorithm>
#include <set>

#include <fmt/ranges.h>

#include "rows/play_region.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

/// Model::run() itself, the functions around it, and what the kernels take from the C library.
constexpr std::int64_t kFixedCodeBytes = 400;
/// What run() takes for a stage of a region, and for the functions that move and fill rows.
constexpr std::int64_t kStageCodeBytes = 120, kRowsCodeBytes = 120;
/// Of moving a byte of a row.
constexpr double kCyclesPerMovedByte = 0.8;
/// How long placements are improved.
constexpr int kTurns = 300, kTurnsOfTrials = 20, kTurnsOfNearMisses = 4000;
/// Of moving rows at all.
constexpr double kCyclesPerSlide = 20;

std::string label(const Node& node) { return fmt::format("{} ('{}')", node.op->name(), node.name); }

std::int64_t region_code_bytes(const std::vector<RowRegion>& regions) {
  std::int64_t bytes = regions.empty() ? 0 : kRowsCodeBytes;
  for (const RowRegion& region : regions) bytes += kStageCodeBytes * static_cast<std::int64_t>(region.stages.size());
  return bytes;
}

}  // namespace

Selection::Selection(const Graph& graph, CandidateTable& table, const SelectionOptions& options, std::vector<RowRegion> regions)
    : graph_(&graph), options_(&options), regions_(std::move(regions)), moving_cycles_(graph.nodes.size(), 0) {
  std::vector<std::int32_t> steps(graph.nodes.size(), 0);
  for (const RowRegion& region : regions_) {
    const RegionPlay play = play_region(region);
    for (const RowStage& stage : region.stages) {
      steps[stage.node] = stage.step;
      moving_cycles_[stage.node] = kCyclesPerMovedByte * static_cast<double>(play.moved_bytes[stage.output]) + kCyclesPerSlide * play.slides[stage.output];
    }
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& found = steps[i] > 0 ? table.band(i, steps[i]) : table.whole(i);
    choices_.push_back({&found, std::vector<bool>(found.size(), true)});
    reasons_.emplace_back(found.size());
  }
  for (const auto& [layer, implementation] : options.forced) force(layer, implementation);
}

std::int64_t Selection::usual_ram_bytes() const {
  std::vector<NodeMemory> requests = least_requests();
  for (NodeMemory& each : requests) each.overlaps.clear();
  return plan_memory(*graph_, std::move(requests), regions_).arena_bytes;
}

void Selection::choose(std::int64_t ram_limit, bool counts_stack) {
  if (!try_choose(ram_limit, counts_stack)) fail_for_flash();
}

void Selection::limit_scratch(const std::vector<std::int64_t>& limits) {
  scratch_is_limited_ = true;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    std::vector<bool> fits;
    for (const Candidate& each : candidates(i)) fits.push_back(each.call.scratch_bytes <= limits[i]);
    for (std::size_t c = 0; c < fits.size(); ++c) {
      const bool another = std::find(fits.begin(), fits.end(), true) != fits.end();
      if (!fits[c] && another && choices_[i].allowed[c]) forbid(i, c, fmt::format("its {} bytes of scratch would take more RAM", grouped(candidates(i)[c].call.scratch_bytes)));
    }
  }
}

bool Selection::try_choose(std::int64_t ram_limit, bool counts_stack) {
  counts_stack_ = counts_stack;
  memory_ = plan(least_requests(), 0);
  for (std::size_t i = 0; i < choices_.size(); ++i) choices_[i].is_view = memory_.is_view[i];
  do {
    if (!take_fastest()) return false;
  } while (ram_bytes() > ram_limit && forbid_scratch(ram_limit));
  return true;
}

std::int64_t Selection::flash_bytes() const { return kFixedCodeBytes + region_code_bytes(regions_) + flash_of(choices_, chosen_); }

void Selection::place_better() {
  MemoryPlan better = plan(chosen_requests(), kTurnsOfNearMisses);
  if (better.arena_bytes < memory_.arena_bytes) memory_ = std::move(better);
}

std::size_t Selection::ranks() const {
  std::size_t most = 1;
  for (const Choice& each : choices_) most = std::max(most, each.candidates->size());
  return most;
}

void Selection::take_rank(std::size_t rank) {
  chosen_.clear();
  for (const Choice& each : choices_) chosen_.push_back(std::min(rank, each.candidates->size() - 1));
  memory_ = plan(chosen_requests(), kTurns);
}

double Selection::cycles() const {
  double sum = 0;
  for (std::size_t i = 0; i < choices_.size(); ++i) sum += memory_.is_view[i] ? 0 : candidates(i)[chosen_[i]].cycles + moving_cycles_[i];
  return sum;
}

void Selection::write_to(Plan& plan) const {
  plan.memory = memory_;
  plan.regions = regions_;
  std::int64_t tables = 0;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    plan.alternatives.push_back(alternatives(i));
    if (memory_.is_view[i]) continue;
    const Candidate& taken = candidates(i)[chosen_[i]];
    tables += taken.table_bytes;
    plan.steps.push_back({i, taken.implementation, taken.cycles + moving_cycles_[i], taken.call});
  }
  plan.predicted_code_bytes = kFixedCodeBytes + region_code_bytes(regions_) + flash_of(choices_, chosen_) - tables;
}

void Selection::force(const std::string& layer, const std::string& implementation) {
  bool layer_found = false, forced = false;
  std::set<std::string> known;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    if (layer != "*" && graph_->nodes[i].name != layer) continue;
    layer_found = true;
    std::vector<bool> allowed(candidates(i).size());
    for (std::size_t c = 0; c < allowed.size(); ++c) {
      allowed[c] = candidates(i)[c].implementation == implementation;
      known.insert(candidates(i)[c].implementation);
    }
    if (std::find(allowed.begin(), allowed.end(), true) == allowed.end()) continue;
    forced = true;
    for (std::size_t c = 0; c < allowed.size(); ++c) {
      if (!allowed[c]) forbid(i, c, "another one is forced");
    }
  }
  if (!layer_found) throw Error(fmt::format("there is no layer '{}' to force", layer), "`mote inspect` lists the layers");
  if (forced) return;
  throw Error(fmt::format("{} cannot run as '{}'", layer == "*" ? "no layer" : fmt::format("layer '{}'", layer), implementation),
              fmt::format("it can run as: {}", fmt::join(known, ", ")));
}

void Selection::forbid(std::size_t node, std::size_t candidate, std::string reason) {
  choices_[node].allowed[candidate] = false;
  reasons_[node][candidate] = std::move(reason);
}

NodeMemory Selection::request(std::size_t node, std::size_t candidate) const {
  const KernelCall& call = candidates(node)[candidate].call;
  return {call.scratch_bytes, call.in_place, graph_->nodes[node].op->aliases(NodeView(*graph_, graph_->nodes[node])), call.overlaps};
}

std::vector<NodeMemory> Selection::chosen_requests() const {
  std::vector<NodeMemory> made;
  for (std::size_t i = 0; i < choices_.size(); ++i) made.push_back(request(i, chosen_[i]));
  return made;
}

/// Of each node the candidate with the least scratch: no choice asks less of memory.
std::vector<NodeMemory> Selection::least_requests() const {
  std::vector<NodeMemory> made;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    std::optional<std::size_t> least;
    for (std::size_t c = 0; c < candidates(i).size(); ++c) {
      if (!choices_[i].allowed[c]) continue;
      if (!least || candidates(i)[c].call.scratch_bytes < candidates(i)[*least].call.scratch_bytes) least = c;
    }
    made.push_back(request(i, least.value_or(0)));
  }
  return made;
}

MemoryPlan Selection::plan(std::vector<NodeMemory> requests, int turns) const {
  return plan_memory(*graph_, std::move(requests), regions_, {.scratch_on_stack = !counts_stack_, .turns = turns});
}

bool Selection::take_fastest() {
  std::optional<std::int64_t> tables_and_kernels;
  if (options_->flash_bytes) tables_and_kernels = *options_->flash_bytes - kFixedCodeBytes - region_code_bytes(regions_);
  const auto fastest = fastest_within(choices_, tables_and_kernels);
  if (!fastest) return false;
  chosen_ = *fastest;
  memory_ = plan(chosen_requests(), kTurns);
  return true;
}

/// Forbids, where scratch is what exceeds the limit, all that need as much. False when there is nothing left to forbid.
bool Selection::forbid_scratch(std::int64_t limit) {
  bool changed = false;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    if (memory_.scratch_offsets[i] >= 0 && memory_.live_bytes[i] > limit) changed |= forbid_scratch_of(i);
  }
  return changed || (!scratch_is_limited_ && forbid_best(limit));
}

/// Forbids all that need as much scratch as the chosen candidate. False, and nothing changes, when none needs less.
bool Selection::forbid_scratch_of(std::size_t node) {
  if (!next_with_less_scratch(node)) return false;
  const std::int64_t least = scratch(node);
  for (std::size_t c = 0; c < candidates(node).size(); ++c) {
    const std::int64_t bytes = candidates(node)[c].call.scratch_bytes;
    if (choices_[node].allowed[c] && bytes >= least)
      forbid(node, c, fmt::format("its {} bytes of scratch would take more RAM", grouped(bytes)));
  }
  return true;
}

/// Where no single step exceeds the limit but their placement does: of what makes the arena smaller with less scratch the one
/// that loses the fewest cycles; when nothing does alone, what loses the smallest part of its own.
bool Selection::forbid_best(std::int64_t limit) {
  std::optional<std::size_t> best, cheapest;
  double least_part = 0;
  std::pair<bool, double> best_score;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const auto next = next_with_less_scratch(i);
    if (memory_.scratch_offsets[i] < 0 || !next) continue;
    const double part = candidates(i)[*next].cycles / candidates(i)[chosen_[i]].cycles;
    if (!cheapest || part < least_part) cheapest = i, least_part = part;
    std::vector<NodeMemory> tried = chosen_requests();
    tried[i] = request(i, *next);
    const std::int64_t arena = plan(std::move(tried), kTurnsOfTrials).arena_bytes;
    if (arena >= memory_.arena_bytes) continue;
    const std::pair score{arena > limit, candidates(i)[*next].cycles - candidates(i)[chosen_[i]].cycles};
    if (!best || score < best_score) best = i, best_score = score;
  }
  if (!best) best = cheapest;
  return best && forbid_scratch_of(*best);
}

std::optional<std::size_t> Selection::next_with_less_scratch(std::size_t node) const {
  for (std::size_t c = 0; c < candidates(node).size(); ++c) {
    if (choices_[node].allowed[c] && candidates(node)[c].call.scratch_bytes < scratch(node)) return c;
  }
  return std::nullopt;
}

void Selection::fail_for_ram(std::int64_t limit) const {
  const Node& peak = graph_->nodes[static_cast<std::size_t>(memory_.peak_node)];
  throw DoesNotFit(fmt::format("the model does not fit {} bytes of RAM: {} needs {} while it runs, and the whole {}", grouped(limit), label(peak),
                          grouped(memory_.live_bytes[static_cast<std::size_t>(memory_.peak_node)]), grouped(memory_.arena_bytes)),
              fmt::format("allow at least --ram {}; `mote plan` with these options says what else would help", memory_.arena_bytes));
}

void Selection::fail_for_flash() const {
  std::int64_t least = kFixedCodeBytes + region_code_bytes(regions_);
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    std::int64_t smallest = INT64_MAX;
    for (std::size_t c = 0; c < candidates(i).size(); ++c) {
      if (choices_[i].allowed[c]) smallest = std::min(smallest, candidates(i)[c].table_bytes + candidates(i)[c].code_bytes);
    }
    least += smallest;
  }
  throw DoesNotFit(fmt::format("the model does not fit {} bytes of flash: its smallest form is predicted to need about {}", grouped(*options_->flash_bytes),
                          grouped(least)),
              "allow more with --flash, or make the model smaller; `mote plan` with these options says what else would help");
}

std::vector<Alternative> Selection::alternatives(std::size_t node) const {
  std::vector<Alternative> list;
  for (std::size_t c = 0; c < candidates(node).size(); ++c) {
    const Candidate& each = candidates(node)[c];
    std::string verdict = reasons_[node][c];
    if (memory_.is_view[node])
      verdict = "not needed: the output is a view of the input";
    else if (c == chosen_[node])
      verdict = "chosen";
    else if (verdict.empty())
      verdict = c > chosen_[node] ? "slower" : "the flash is better spent elsewhere";
    list.push_back({each.implementation, each.cycles, each.measured, each.table_bytes, each.code_bytes, each.call.scratch_bytes, std::move(verdict)});
  }
  return list;
}

}  // namespace mote
