#pragma once

#include "mote/stream/sample_ring.hpp"
#include "mote/stream/sensor_watch.hpp"

namespace mote {

/// An event, or that there is none; of a pipeline without decision each run is one, of kind 0, once its windows are filled.
struct Event {
  int32_t kind = -1;  ///< index of its name; below 0: no event
  uint32_t run = 0;   ///< hops taken in until then since the beginning, this one included
  uint8_t faults = 0; ///< a set of SensorFault: what was wrong with the samples of this hop
  explicit operator bool() const { return kind >= 0; }
};

/// From samples to events. One producer (an interrupt, a DMA callback) calls `push`; one consumer (the main loop) calls `poll`. No
/// locks, no heap; what the consumer is too slow for is dropped, counted, and marked as a gap.
///
/// Model: what mote generates, its input 0 a hop of samples. S, besides what SensorWatch asks for: `Value` (of the model's input),
/// `kChannels`, `kHop`, `kRing` (instants, a power of two), `kZero` (subtracted from samples of a type that is wider than the input),
/// `kRestartsAfterGap`, `kWarmUp` (runs until windows are filled), `kEventOutput` (index of the model's output that is an event; -1: none).
template <typename Model, typename S>
class Pipeline {
 public:
  using Sample = typename S::Sample;

  /// Producer: `count` instants, channels interleaved. Says how many there was room for; the rest is dropped.
  uint32_t push(const Sample* samples, uint32_t count) {
    return ring_.push(reinterpret_cast<const Instant*>(samples), count);
  }

  /// Consumer: runs the model on one hop, if one waits; whether it did. Its outputs are the model's until the next call.
  bool step() {
    if (ring_.size() < S::kHop && !mend_gap()) return false;
    Instant chunk[kChunk];
    uint8_t faults = 0;
    typename S::Value* to = static_cast<typename S::Value*>(model_.input_data(0));
    for (uint32_t done = 0; done < S::kHop;) {
      const uint32_t count = ring_.pop(chunk, smaller<uint32_t>(kChunk, S::kHop - done));
      for (uint32_t i = 0; i < count; ++i) {
        for (int32_t c = 0; c < S::kChannels; ++c) *to++ = taken(chunk[i].values[c], c);
      }
      done += count;
    }
    if (Watch::kWatches) {
      for (Watch& watch : watches_) faults = static_cast<uint8_t>(faults | watch.take_faults());
    }
    model_.run();
    ++event_.run;
    event_.faults = faults;
    if (S::kEventOutput >= 0) {
      event_.kind = *static_cast<const int32_t*>(model_.output_data(larger(S::kEventOutput, 0)));
    } else {
      event_.kind = warm_ < S::kWarmUp ? -1 : 0;
      if (warm_ < S::kWarmUp) ++warm_;
    }
    return true;
  }

  /// Consumer: runs the model on the hops that wait, up to the first event, and gives that, or none when no whole hop is left.
  Event poll() {
    while (step()) {
      if (event_) return event_;
    }
    return {};
  }

  /// Consumer: the same for all that wait, calling `handle(event)` for each event.
  template <typename Handler>
  void poll(Handler&& handle) {
    while (const Event event = poll()) handle(event);
  }

  /// What the last run gave.
  const Event& last() const { return event_; }
  const Model& model() const { return model_; }
  Model& model() { return model_; }
  /// Instants that were dropped since the beginning, and the gaps that the consumer has come upon.
  uint32_t dropped() const { return ring_.dropped(); }
  uint32_t gaps() const { return gaps_; }

 private:
  static constexpr uint32_t kChunk = S::kHop < 16 ? S::kHop : 16;
  struct Instant {
    Sample values[S::kChannels];
  };
  using Watch = SensorWatch<S>;

  typename S::Value taken(Sample sample, int32_t channel) {
    if (Watch::kWatches) sample = watches_[channel].next(sample);
    if (sizeof(Sample) == sizeof(typename S::Value) && static_cast<Sample>(-1) > Sample(0) && static_cast<typename S::Value>(-1) < 0) {
      const int32_t value = static_cast<int32_t>(sample) - S::kZero;
      return static_cast<typename S::Value>(smaller<int32_t>(larger<int32_t>(value, -32768), 32767));
    }
    return static_cast<typename S::Value>(sample);
  }

  /// No whole hop waits: whether one does when the gap behind what waits is taken. Samples before it that make no hop are given up, or
  /// go on with those behind it when gaps are ignored.
  bool mend_gap() {
    if (!ring_.has_gap()) return false;
    if (S::kRestartsAfterGap) {
      ring_.skip_to_gap();
      model_.restart();
      warm_ = 0;
    }
    ring_.forget_gap();
    ++gaps_;
    return ring_.size() >= S::kHop;
  }

  Model model_;
  SampleRing<Instant, S::kRing> ring_;
  Watch watches_[S::kChannels];
  Event event_;
  uint32_t gaps_ = 0, warm_ = 0;
};

}  // namespace mote
