#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// An event, or that there is none.
struct Event {
  int32_t kind = -1;  ///< the score's index; below 0: no event
  float score = 0;    ///< smoothed
  explicit operator bool() const { return kind >= 0; }
};

/// Turns scores, one vector per inference, into single events at the right moment: means over the last scores, thresholds with
/// hysteresis, debouncing, and a time after an event in which there is no other.
///
/// L: `scores` (how many); `average` (over so many inferences); `debounce` (so many in a row above `on`); `refractory`
/// (inferences after an event without another); `on[scores]`, `off[scores]` (above `on` an event begins; not before the mean has
/// been at or below `off` may the same kind come again; infinity in `on`: never an event, for silence). Until `average`
/// inferences have come the mean is over those that have.
template <typename L>
class EventDetector {
  static_assert(L::scores > 0 && L::average > 0 && L::debounce > 0 && L::refractory >= 0, "counts of inferences are positive");

 public:
  /// The event that the scores of one more inference bring about. Where several kinds are ready, the one furthest above its
  /// threshold.
  Event next(const float* scores) {
    Event event;
    float above = 0;
    if (seen_ < L::average) ++seen_;
    for (int32_t k = 0; k < L::scores; ++k) {
      float* past = history_ + k * L::average;
      past[place_] = scores[k];
      float sum = 0;
      for (int32_t i = 0; i < seen_; ++i) sum += past[i];
      const float mean = sum / static_cast<float>(seen_);
      means_[k] = mean;
      if (mean <= L::off[k]) armed_[k] = true;
      if (!(mean > L::on[k])) {
        high_[k] = 0;
        continue;
      }
      if (high_[k] < L::debounce) ++high_[k];
      if (armed_[k] && high_[k] == L::debounce && quiet_ == 0 && (!event || mean - L::on[k] > above)) {
        event.kind = k;
        event.score = mean;
        above = mean - L::on[k];
      }
    }
    place_ = place_ + 1 == L::average ? 0 : place_ + 1;
    if (quiet_ > 0) --quiet_;
    if (event) {
      armed_[event.kind] = false;
      quiet_ = L::refractory;
    }
    return event;
  }

  /// As if nothing had come, after a gap for instance; the refractory time goes on.
  void restart() {
    for (int32_t k = 0; k < L::scores; ++k) high_[k] = 0;
    seen_ = place_ = 0;
  }

  const float* means() const { return means_; }

  EventDetector() {
    for (bool& armed : armed_) armed = true;
  }

 private:
  float history_[L::scores * L::average] = {};
  float means_[L::scores] = {};
  int32_t high_[L::scores] = {};
  bool armed_[L::scores] = {};
  int32_t seen_ = 0, place_ = 0, quiet_ = 0;
};

/// The class that most of the last `kLength` decisions name; of equals the one that was named last. Classes are below `kClasses`.
template <int32_t kClasses, int32_t kLength>
class MajorityVote {
 public:
  int32_t next(int32_t decided) {
    if (seen_ == kLength) {
      --votes_[past_[place_]];
    } else {
      ++seen_;
    }
    past_[place_] = decided;
    ++votes_[decided];
    place_ = place_ + 1 == kLength ? 0 : place_ + 1;
    int32_t best = decided;
    for (int32_t c = 0; c < kClasses; ++c) {
      if (votes_[c] > votes_[best]) best = c;
    }
    return best;
  }

 private:
  int32_t past_[kLength] = {}, votes_[kClasses] = {};
  int32_t seen_ = 0, place_ = 0;
};

}  // namespace mote
