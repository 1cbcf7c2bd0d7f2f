#include "fit/calibration.hpp"

#include <algorithm>
#include <limits>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();

std::vector<std::int32_t> labelled_kinds(const ScoredRecordings& data) {
  std::vector<std::int32_t> kinds;
  for (const ScoredRecording& recording : data.recordings) {
    for (const EventLabel& label : recording.labels) kinds.push_back(label.kind);
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

}  // namespace

ChosenThresholds calibrate_thresholds(const ScoredRecordings& data, EventRule rule, double false_accepts_per_hour) {
  const std::vector<std::int32_t> kinds = labelled_kinds(data);
  if (kinds.empty())
    throw Error("no event is labelled, so there is nothing to find", "say where events are: file,start_s,end_s,name");
  ChosenThresholds result{rule.debounce, {rule.on.begin(), rule.on.end()}, {}, {}};
  std::vector<float> off(rule.off.begin(), rule.off.end());
  result.on.resize(data.kinds, kNever);
  off.resize(data.kinds, kNever);
  for (const std::int32_t kind : kinds) {
    const auto at = static_cast<std::size_t>(kind);
    KindSweep sweep{kind, sweep_thresholds(data, rule, kind, off[at]), {}};
    sweep.chosen = choose_point(sweep.points, data.hours(), false_accepts_per_hour / static_cast<double>(kinds.size()));
    result.on[at] = sweep.chosen ? sweep.chosen->on : kNever;
    result.sweeps.push_back(std::move(sweep));
  }
  for (std::size_t k = 0; k < off.size(); ++k) off[k] = std::min(off[k], result.on[k]);
  rule.on = result.on;
  rule.off = off;
  result.errors = count_errors(data, rule);
  return result;
}

bool is_better(const ChosenThresholds& a, const ChosenThresholds& b, double false_accepts_allowed) {
  const auto fits = [&](const ChosenThresholds& each) {
    return static_cast<double>(each.errors.false_accepts) <= false_accepts_allowed;
  };
  if (fits(a) != fits(b)) return fits(a);
  if (a.errors.false_rejects != b.errors.false_rejects) return a.errors.false_rejects < b.errors.false_rejects;
  return a.errors.false_accepts < b.errors.false_accepts;
}

}  // namespace mote
