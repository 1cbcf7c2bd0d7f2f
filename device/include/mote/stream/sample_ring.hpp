#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// Samples on their way from one producer, an interrupt for instance, to one consumer, without locks: each side writes only its
/// own position. What has no room is dropped and counted, and the consumer is told where: no window may span a gap. While a gap
/// waits to be seen, a second one joins it. Words are read and written at once on every core; the compiler keeps the order (GCC's
/// or Clang's `__atomic` functions).
template <typename T, uint32_t kCapacity>
class SampleRing {
  static_assert(kCapacity >= 2 && (kCapacity & (kCapacity - 1)) == 0, "a ring holds a power of two");

 public:
  /// Producer: as many of `count` samples as have room, from the first on. Says how many.
  uint32_t push(const T* samples, uint32_t count) {
    const uint32_t end = end_;
    const uint32_t free = kCapacity - (end - load(begin_));
    const bool waits = load(gap_waits_) != 0;
    if (lost_) {
      // After a loss, samples go on behind a gap, and only one can be marked.
      if (waits || free == 0) return drop(count);
      gap_at_ = end;
      store(gap_waits_, uint32_t{1});
      lost_ = false;
    }
    const uint32_t taken = smaller(count, free);
    for (uint32_t i = 0; i < taken; ++i) values_[(end + i) & (kCapacity - 1)] = samples[i];
    store(end_, end + taken);
    if (taken < count) drop(count - taken);
    return taken;
  }

  /// Consumer: at most `count` samples, none from behind a gap. Says how many.
  uint32_t pop(T* to, uint32_t count) {
    const uint32_t begin = begin_;
    const uint32_t taken = smaller(count, size());
    for (uint32_t i = 0; i < taken; ++i) to[i] = values_[(begin + i) & (kCapacity - 1)];
    store(begin_, begin + taken);
    return taken;
  }

  /// Consumer: whether samples were lost behind those that pop() would give.
  bool has_gap() const { return load(gap_waits_) != 0; }

  /// Consumer, when there is a gap: gives up what stands before it.
  void skip_to_gap() { store(begin_, gap_at_); }

  /// Consumer, when there is a gap: goes on as if there were none; pop() gives what stands behind it as well.
  void forget_gap() { store(gap_waits_, uint32_t{0}); }

  /// Consumer: samples that pop() would give.
  uint32_t size() const {
    // In this order: samples behind a gap are counted in the end only after the gap is marked.
    const uint32_t end = load(end_);
    return (load(gap_waits_) != 0 ? gap_at_ : end) - begin_;
  }

  /// How many samples had no room since the beginning; stays at its greatest value.
  uint32_t dropped() const { return load(dropped_); }

 private:
  static uint32_t load(const uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
  static void store(uint32_t& word, uint32_t value) { __atomic_store_n(&word, value, __ATOMIC_RELEASE); }
  uint32_t drop(uint32_t count) {
    lost_ = lost_ || count > 0;
    store(dropped_, dropped_ > UINT32_MAX - count ? UINT32_MAX : dropped_ + count);
    return 0;
  }

  T values_[kCapacity] = {};
  uint32_t end_ = 0, gap_at_ = 0, dropped_ = 0;  // the producer's
  bool lost_ = false;                            // the producer's
  uint32_t begin_ = 0;                           // the consumer's
  uint32_t gap_waits_ = 0;                       // set by the producer, cleared by the consumer
};

}  // namespace mote
