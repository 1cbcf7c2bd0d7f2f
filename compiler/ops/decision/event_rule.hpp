#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote {

/// How scores become events: what DETECT_EVENTS does, as plain data.
struct EventRule {
  std::span<const float> on, off;
  std::int32_t average = 1, debounce = 1, refractory = 0, warm_up = 0;
};

/// The operator's states (device/include/mote/decision/detect_events.hpp): history [average][n], counts [n + 3], since [n + 1].
struct EventState {
  std::span<float> history;
  std::span<std::int32_t> counts, since;
};

/// One run of the operator's reference: the event's index, or -1, and the means.
std::int32_t next_event(const EventRule& rule, const EventState& state, std::span<const float> scores, std::span<float> means);

/// Events over a whole recording, from states as they begin: for each run the event, or -1. `scores`: n for each run.
std::vector<std::int32_t> events_of(const EventRule& rule, std::span<const float> scores);

}  // namespace mote
