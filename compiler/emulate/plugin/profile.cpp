#include "profile.hpp"

namespace mote {

void CostSpread::add(const Counts& cost, bool is_first) {
  sum += cost;
  if (is_first) least = greatest = cost;
  least = {std::min(least.instructions, cost.instructions), std::min(least.cycles, cost.cycles)};
  greatest = {std::max(greatest.instructions, cost.instructions), std::max(greatest.cycles, cost.cycles)};
}

void Profile::execute(const CodeBlock& block) {
  if (open_ && block.begin != previous_end_) cost_here().cycles += options_.taken_branch_cycles;
  previous_end_ = block.end;

  if (block.begin == options_.window_begin) open_window();
  if (block.begin == options_.window_end && open_) close_window();
  if (!open_) return;

  const Place place = options_.runner.contains(block.begin) ? Place::kRunner
                      : options_.run.contains(block.begin)  ? Place::kRun
                                                            : Place::kLayer;
  if (place_ == Place::kLayer && place != Place::kLayer) ++calls_;
  place_ = place;
  cost_here() += {block.instructions, block.cycles};
}

void Profile::open_window() {
  open_ = true;
  place_ = Place::kRunner;
  calls_ = 0;
  overhead_ = outside_layers_ = {};
  std::fill(current_.begin(), current_.end(), Counts{});
}

void Profile::close_window() {
  open_ = false;
  Counts run = outside_layers_;
  for (const Counts& layer : current_) run += layer;
  runs_.add(run, windows_ == 0);
  if (windows_ == 0) {
    first_run_ = run;
    first_overhead_ = overhead_;
    first_layers_ = current_;
    first_calls_ = calls_;
  }
  ++windows_;
}

Counts& Profile::cost_here() {
  if (place_ == Place::kRunner) return overhead_;
  if (current_.empty()) return outside_layers_;
  return current_[std::min<std::uint64_t>(calls_, current_.size() - 1)];
}

}  // namespace mote
