#include "ops/decision/event_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mote {

std::int32_t next_event(const EventRule& rule, const EventState& state, std::span<const float> scores, std::span<float> means) {
  const std::size_t n = scores.size();
  std::int32_t &filled = state.counts[n], &place = state.counts[n + 1], &warm = state.counts[n + 2], &quiet = state.since[n];
  std::fill(means.begin(), means.end(), 0.0F);
  const bool is_quiet = quiet > 0;
  quiet = std::max(quiet - 1, 0);
  if (warm < rule.warm_up) {
    ++warm;
    return -1;
  }
  filled = std::min(filled + 1, rule.average);
  for (std::size_t k = 0; k < n; ++k) {
    state.history[static_cast<std::size_t>(place) * n + k] = std::isfinite(scores[k]) ? scores[k] : 0.0F;
    for (std::size_t i = 0; i < static_cast<std::size_t>(filled); ++i) means[k] += state.history[i * n + k];
    means[k] /= static_cast<float>(filled);
  }
  std::int32_t event = -1;
  float furthest = -std::numeric_limits<float>::infinity();
  for (std::size_t k = 0; k < n; ++k) {
    const bool is_above = means[k] > rule.on[k];
    std::int32_t &count = state.counts[k], &since = state.since[k];
    count = is_above ? std::min(count + 1, rule.debounce) : 0;
    if (means[k] <= rule.off[k]) since = 0;
    const bool is_ready = is_above && count == rule.debounce && since == 0 && !is_quiet;
    if (!is_ready || !(means[k] - rule.on[k] > furthest)) continue;
    furthest = means[k] - rule.on[k];
    event = static_cast<std::int32_t>(k);
  }
  place = (place + 1) % rule.average;
  if (event >= 0) {
    state.since[static_cast<std::size_t>(event)] = 1;
    quiet = rule.refractory;
  }
  return event;
}

std::vector<std::int32_t> events_of(const EventRule& rule, std::span<const float> scores) {
  const std::size_t n = rule.on.size();
  std::vector<float> history(n * static_cast<std::size_t>(rule.average)), means(n);
  std::vector<std::int32_t> counts(n + 3), since(n + 1), events;
  for (std::size_t at = 0; at + n <= scores.size(); at += n) {
    events.push_back(next_event(rule, {history, counts, since}, scores.subspan(at, n), means));
  }
  return events;
}

}  // namespace mote
