#include "profile.hpp"

namespace mote {

void CostSpread::add(const Counts& cost, bool is_first) {
  sum += cost;
  if (is_first) least = greatest = cost;
  least = {std::min(least.instructions, cost.instructions), std::min(least.cycles, cost.cycles)};
  greatest = {std::max(greatest.instructions, cost.instructions), std::max(greatest.cycles, cost.cycles)};
}

void Profile::execute(const CodeBlock& block) {
  const std::uint64_t call_end = previous_end_;
  if (open_ && block.begin != previous_end_) cost_here().cycles += options_.taken_branch_cycles;
  previous_end_ = block.end;

  if (block.begin == options_.window_begin) open_window();
  if (block.begin == options_.window_end && open_) close_window();
  if (!open_) return;

  const Place place = place_of(block.begin);
  if (place == Place::kLayer && place_ != Place::kLayer) enter_layer(call_end);
  place_ = place;
  cost_here() += {block.instructions, block.cycles};
}

Profile::Place Profile::place_of(std::uint64_t address) const {
  if (options_.runner.contains(address)) return Place::kRunner;
  const auto holds = [&](const AddressRange& part) { return part.contains(address); };
  if (std::any_of(options_.run.begin(), options_.run.end(), holds)) return Place::kRun;
  if (place_ == Place::kLayer) return Place::kLayer;
  const auto& helpers = options_.helpers;
  const bool calls_layer = place_ == Place::kRun && std::find(helpers.begin(), helpers.end(), address) == helpers.end();
  return calls_layer ? Place::kLayer : Place::kHelper;
}

void Profile::enter_layer(std::uint64_t call_end) {
  const auto [found, is_new] = layer_at_.try_emplace(call_end, layers_.size());
  if (is_new) layers_.emplace_back();
  layer_ = found->second;
  layers_[layer_] += std::exchange(between_, {});
}

void Profile::open_window() {
  open_ = true;
  place_ = Place::kRunner;
  overhead_ = between_ = {};
  layers_.clear();
  layer_at_.clear();
}

void Profile::close_window() {
  open_ = false;
  Counts run = between_;
  for (const Counts& layer : layers_) run += layer;
  if (!layers_.empty()) layers_[layer_] += between_;
  runs_.add(run, windows_ == 0);
  if (windows_ == 0) {
    first_run_ = run;
    first_overhead_ = overhead_;
    first_layers_ = layers_;
  }
  ++windows_;
}

Counts& Profile::cost_here() {
  if (place_ == Place::kRunner) return overhead_;
  return place_ == Place::kLayer ? layers_[layer_] : between_;
}

}  // namespace mote
