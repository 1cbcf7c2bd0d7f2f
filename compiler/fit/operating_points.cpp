#include "fit/operating_points.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace mote {

namespace {

/// Thresholds are tried between so many of the highest peaks and quantiles.
constexpr std::size_t kPeaks = 120, kQuantiles = 60;

/// Means over the last runs, as the rule takes them.
std::vector<float> means_of(const ScoredRecordings& data, const ScoredRecording& recording, std::size_t kind,
                            std::int32_t average) {
  std::vector<float> means;
  const std::size_t runs = recording.scores.size() / data.kinds, length = static_cast<std::size_t>(average);
  for (std::size_t i = 0; i < runs; ++i) {
    const std::size_t first = i + 1 > length ? i + 1 - length : 0;
    float sum = 0;
    for (std::size_t j = first; j <= i; ++j) {
      const float score = recording.scores[j * data.kinds + kind];
      sum += std::isfinite(score) ? score : 0;
    }
    means.push_back(sum / static_cast<float>(i + 1 - first));
  }
  return means;
}

/// Values between which results may change: the highest peaks of the means, and quantiles of all.
std::vector<float> levels_of(const ScoredRecordings& data, std::size_t kind, std::int32_t average) {
  std::vector<float> peaks, all;
  for (const ScoredRecording& recording : data.recordings) {
    const std::vector<float> means = means_of(data, recording, kind, average);
    for (std::size_t i = 0; i < means.size(); ++i) {
      const bool rises = i == 0 || means[i] >= means[i - 1], falls = i + 1 == means.size() || means[i] >= means[i + 1];
      if (rises && falls) peaks.push_back(means[i]);
    }
    all.insert(all.end(), means.begin(), means.end());
  }
  std::sort(peaks.begin(), peaks.end(), std::greater<>());
  peaks.erase(std::unique(peaks.begin(), peaks.end()), peaks.end());
  peaks.resize(std::min(peaks.size(), kPeaks));
  std::sort(all.begin(), all.end());
  for (std::size_t q = 0; q < kQuantiles && !all.empty(); ++q) peaks.push_back(all[q * (all.size() - 1) / kQuantiles]);
  std::sort(peaks.begin(), peaks.end());
  peaks.erase(std::unique(peaks.begin(), peaks.end()), peaks.end());
  return peaks;
}

bool within(const EventLabel& label, double seconds, double late) {
  return seconds >= label.start_s && seconds <= label.end_s + late;
}

void count(const ScoredRecording& recording, const std::vector<std::int32_t>& events, const ScoredRecordings& data,
           std::optional<std::int32_t> only_kind, DetectionErrors& errors) {
  std::vector<bool> found(recording.labels.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i] < 0 || (only_kind && events[i] != *only_kind)) continue;
    ++errors.events;
    const double seconds = static_cast<double>(i + 1) * data.run_s;
    bool wanted = false;
    for (std::size_t l = 0; l < found.size(); ++l) {
      if (recording.labels[l].kind != events[i] || !within(recording.labels[l], seconds, data.late_s)) continue;
      wanted = true;
      found[l] = true;
    }
    if (!wanted) ++errors.false_accepts;
  }
  for (std::size_t l = 0; l < found.size(); ++l) {
    if (only_kind && recording.labels[l].kind != *only_kind) continue;
    ++errors.labels;
    if (!found[l]) ++errors.false_rejects;
  }
}

/// The scores of one kind, with its labels as kind 0.
ScoredRecordings only(const ScoredRecordings& data, std::int32_t kind) {
  ScoredRecordings result{{}, 1, data.run_s, data.late_s};
  for (const ScoredRecording& recording : data.recordings) {
    ScoredRecording& one = result.recordings.emplace_back();
    for (std::size_t at = static_cast<std::size_t>(kind); at < recording.scores.size(); at += data.kinds)
      one.scores.push_back(recording.scores[at]);
    for (const EventLabel& label : recording.labels) {
      if (label.kind == kind) one.labels.push_back({label.start_s, label.end_s, 0});
    }
  }
  return result;
}

}  // namespace

double ScoredRecordings::hours() const {
  std::size_t runs = 0;
  for (const ScoredRecording& recording : recordings) runs += recording.scores.size() / kinds;
  return static_cast<double>(runs) * run_s / 3600;
}

DetectionErrors count_errors(const ScoredRecordings& data, const EventRule& rule, std::optional<std::int32_t> only_kind) {
  DetectionErrors errors;
  for (const ScoredRecording& recording : data.recordings)
    count(recording, events_of(rule, recording.scores), data, only_kind, errors);
  return errors;
}

std::vector<OperatingPoint> sweep_thresholds(const ScoredRecordings& data, EventRule rule, std::int32_t kind, float off) {
  const ScoredRecordings alone = only(data, kind);
  const std::vector<float> levels = levels_of(data, static_cast<std::size_t>(kind), rule.average);
  std::vector<OperatingPoint> points;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    OperatingPoint point;
    // Above the highest level nothing is an event.
    point.on = i + 1 < levels.size() ? levels[i] + 0.5F * (levels[i + 1] - levels[i]) : levels[i];
    const float lowered = std::min(off, point.on);
    rule.on = {&point.on, 1};
    rule.off = {&lowered, 1};
    point.errors = count_errors(alone, rule);
    points.push_back(point);
  }
  return points;
}

std::optional<OperatingPoint> choose_point(const std::vector<OperatingPoint>& points, double hours,
                                           double false_accepts_per_hour) {
  const auto allowed = [&](const OperatingPoint& point) {
    return static_cast<double>(point.errors.false_accepts) <= false_accepts_per_hour * hours;
  };
  const auto better = [](const DetectionErrors& a, const DetectionErrors& b) {
    return a.false_rejects != b.false_rejects ? a.false_rejects < b.false_rejects : a.false_accepts < b.false_accepts;
  };
  const OperatingPoint* best = nullptr;
  for (const OperatingPoint& point : points) {
    if (allowed(point) && (best == nullptr || better(point.errors, best->errors))) best = &point;
  }
  if (best == nullptr) return std::nullopt;
  // The longest stretch of thresholds that do as well; its middle is the safest.
  std::size_t begin = 0, length = 0, start = 0;
  const auto as_good = [&](const OperatingPoint& point) {
    return allowed(point) && !better(best->errors, point.errors) && !better(point.errors, best->errors);
  };
  for (std::size_t i = 0; i <= points.size(); ++i) {
    if (i < points.size() && as_good(points[i])) continue;
    const auto width = [&](std::size_t from, std::size_t to) { return to > from ? points[to - 1].on - points[from].on : -1.0F; };
    if (width(start, i) > width(begin, begin + length) || length == 0) {
      if (i > start) {
        begin = start;
        length = i - start;
      }
    }
    start = i + 1;
  }
  OperatingPoint chosen = points[begin];
  chosen.on = 0.5F * (points[begin].on + points[begin + length - 1].on);
  return chosen;
}

}  // namespace mote
