#pragma once

#include "fit/operating_points.hpp"

namespace mote {

/// The thresholds that were tried for a kind, and the one taken; none where all accept too much.
struct KindSweep {
  std::int32_t kind = 0;
  std::vector<OperatingPoint> points;
  std::optional<OperatingPoint> chosen;
};

/// Thresholds for every kind, and how they came about.
struct ChosenThresholds {
  std::int32_t debounce = 1;
  std::vector<float> on;
  DetectionErrors errors;  ///< of all kinds together, as they compete for events
  std::vector<KindSweep> sweeps;
};

/// Chooses a threshold for each kind that is labelled; kinds share evenly what may be accepted falsely. `rule`: average,
/// debounce, refractory and warm-up; its `on` are kept for other kinds and its `off`, lowered to `on` where they are above, for
/// all (empty: none are given).
ChosenThresholds calibrate_thresholds(const ScoredRecordings& data, EventRule rule, double false_accepts_per_hour);

/// Whether `a` is the better choice: within the false accepts allowed, then fewer false rejects, then fewer false accepts.
bool is_better(const ChosenThresholds& a, const ChosenThresholds& b, double false_accepts_allowed);

}  // namespace mote
