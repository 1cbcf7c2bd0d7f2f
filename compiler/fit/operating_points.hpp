#pragma once

#include <optional>

#include "ops/decision/event_rule.hpp"

namespace mote {

/// Where an event of kind `kind` is to come, in seconds from the recording's beginning.
struct EventLabel {
  double start_s = 0, end_s = 0;
  std::int32_t kind = 0;
};

/// The scores of one recording, `kinds` for each run, and what is to be found in it.
struct ScoredRecording {
  std::vector<float> scores;
  std::vector<EventLabel> labels;
};

struct ScoredRecordings {
  std::vector<ScoredRecording> recordings;
  std::size_t kinds = 1;
  double run_s = 0;   ///< from run to run
  double late_s = 0;  ///< how long behind the end of a label an event still counts for it

  double hours() const;
};

/// What events make of the labels: an event outside of all labels of its kind is accepted falsely, a label without an event in it
/// is rejected falsely.
struct DetectionErrors {
  std::int64_t false_accepts = 0, false_rejects = 0, labels = 0, events = 0;
  double false_rejection_rate() const {
    return labels == 0 ? 0 : static_cast<double>(false_rejects) / static_cast<double>(labels);
  }
};

/// Of all kinds together, or of one.
DetectionErrors count_errors(const ScoredRecordings& data, const EventRule& rule, std::optional<std::int32_t> only_kind = {});

/// A threshold of one kind, with what comes of it.
struct OperatingPoint {
  float on = 0;
  DetectionErrors errors;
};

/// Every threshold of kind `kind` that makes a difference, lowest first, judged as if there were no other kind. `off`: the
/// threshold below which a kind is armed again, lowered to `on` where it is above.
std::vector<OperatingPoint> sweep_thresholds(const ScoredRecordings& data, EventRule rule, std::int32_t kind, float off);

/// The point with the fewest false rejects among those with at most so many false accepts per hour, in the middle of the
/// thresholds that do as well; none where every threshold accepts more.
std::optional<OperatingPoint> choose_point(const std::vector<OperatingPoint>& points, double hours,
                                           double false_accepts_per_hour);

}  // namespace mote
