#pragma once

#include "mote/isa/dsp.hpp"

// TREE_ENSEMBLE: L::rows rows of L::features inputs to L::targets scores, and the place of the largest score where L::has_label.
// Node i goes left if x[feature] <= threshold, and if x is not a number where it says so.

namespace mote {

/// Sums of votes. L::fixed: words of L::vote_bytes bytes with the score in the upper L::target_bits bits, a bit that ends a leaf,
/// and the vote, which counts as a word's upper bits shifted right by L::vote_shift; sums start from L::base. Otherwise a word
/// has score and end, and a second one the vote as a float.
template <typename L, bool kFixed = L::fixed>
struct ForestSums {
  using Votes = uint8_t;
  static constexpr int32_t kVoteBits = 8 * L::vote_bytes - L::target_bits - 1;
  int32_t sums[L::targets];

  MOTE_INLINE void start() {
    for (int32_t c = 0; c < L::targets; ++c) sums[c] = L::base[c];
  }
  MOTE_INLINE void add(const Votes* votes) {
#if defined(__thumb2__) && defined(__GNUC__) && !defined(MOTE_NO_ASSEMBLY)
    // The shift that leaves the vote has the last bit of the leaf go to the carry.
    uint32_t word;
    uint32_t target;
    int32_t sum;
    __asm__ volatile(
        "1:\n\t"
        "ldr %[word], [%[votes]], %[bytes]\n\t"
        "ubfx %[target], %[word], %[above], %[target_bits]\n\t"
        "lsls %[word], %[word], %[below]\n\t"
        "ldr %[sum], [%[sums], %[target], lsl #2]\n\t"
        "add %[sum], %[sum], %[word], asr %[shift]\n\t"
        "str %[sum], [%[sums], %[target], lsl #2]\n\t"
        "bcc 1b"
        : [word] "=&r"(word), [target] "=&r"(target), [sum] "=&r"(sum), [votes] "+r"(votes)
        : [sums] "r"(sums), [bytes] "I"(L::vote_bytes), [above] "I"(kVoteBits + 1), [target_bits] "I"(L::target_bits),
          [below] "I"(32 - kVoteBits), [shift] "I"(L::vote_shift)
        : "cc", "memory");
#else
    uint32_t word;
    do {
      word = 0;
      for (int32_t i = 0; i < L::vote_bytes; ++i) word |= static_cast<uint32_t>(votes[i]) << (8 * i);
      votes += L::vote_bytes;
      sums[L::targets == 1 ? 0 : word >> (kVoteBits + 1)] += static_cast<int32_t>(word << (32 - kVoteBits)) >> L::vote_shift;
    } while ((word & (1U << kVoteBits)) == 0);
#endif
  }
  /// 1 in a sum is worth 2^-L::unit_bits.
  MOTE_INLINE void finish(float* out) const { finish_some<0>(out); }
  /// The place of the first of the largest sums: the lowest bits, which votes leave alone, tell sums apart that are equal
  /// otherwise.
  MOTE_INLINE int32_t label() const {
    int32_t best = sums[0];
    larger_of_rest<1>(best);
    return L::targets - 1 - (best & ((1 << L::target_bits) - 1));
  }

 private:
  template <int32_t kTarget>
  MOTE_INLINE void larger_of_rest(int32_t& best) const {
    if constexpr (kTarget < L::targets) {
      best = larger(best, sums[kTarget]);
      larger_of_rest<kTarget + 1>(best);
    }
  }
  static MOTE_INLINE float value_of(int32_t sum) {
#if MOTE_DSP && MOTE_FPU
    if constexpr (L::unit_bits >= 1 && L::unit_bits <= 32) {
      float value;
      memcpy(&value, &sum, sizeof value);
      __asm__("vcvt.f32.s32 %[value], %[value], %[bits]" : [value] "+t"(value) : [bits] "I"(L::unit_bits));
      return value;
    }
#endif
    return static_cast<float>(sum) * L::unit;
  }
  template <int32_t kTarget>
  MOTE_INLINE void finish_some(float* out) const {
#if MOTE_DSP && MOTE_FPU
    if constexpr (L::unit_bits >= 1 && L::unit_bits <= 32 && L::targets - kTarget >= 8) {
      const int32_t* from = sums + kTarget;
      __asm__ volatile(
          "vldmia %[from], {s0-s7}\n\t"
          "vcvt.f32.s32 s0, s0, %[bits]\n\t"
          "vcvt.f32.s32 s1, s1, %[bits]\n\t"
          "vcvt.f32.s32 s2, s2, %[bits]\n\t"
          "vcvt.f32.s32 s3, s3, %[bits]\n\t"
          "vcvt.f32.s32 s4, s4, %[bits]\n\t"
          "vcvt.f32.s32 s5, s5, %[bits]\n\t"
          "vcvt.f32.s32 s6, s6, %[bits]\n\t"
          "vcvt.f32.s32 s7, s7, %[bits]\n\t"
          "vstmia %[out]!, {s0-s7}"
          : [out] "+r"(out)
          : [from] "r"(from), [bits] "I"(L::unit_bits)
          : "memory", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7");
      return finish_some<kTarget + 8>(out);
    }
#endif
    if constexpr (kTarget < L::targets) {
      *out = value_of(sums[kTarget]);
      finish_some<kTarget + 1>(out + 1);
    }
  }
};

template <typename L>
struct ForestSums<L, false> {
  using Votes = int32_t;
  float sums[L::targets];

  MOTE_INLINE void start() {
    for (int32_t c = 0; c < L::targets; ++c) sums[c] = L::mode == 2 ? HUGE_VALF : (L::mode == 3 ? -HUGE_VALF : 0.0F);
  }
  MOTE_INLINE void add(const int32_t* votes) {
    uint32_t word;
    do {
      word = static_cast<uint32_t>(votes[0]);
      float vote;
      memcpy(&vote, votes + 1, sizeof vote);
      votes += 2;
      float& sum = sums[L::targets == 1 ? 0 : word >> (32 - L::target_bits)];
      sum = L::mode == 2 ? smaller(sum, vote) : (L::mode == 3 ? larger(sum, vote) : sum + vote);
    } while ((word & (1U << (31 - L::target_bits))) == 0);
  }
  MOTE_INLINE void finish(float* out) const {
    for (int32_t c = 0; c < L::targets; ++c) {
      const float sum = L::mode < 2 || (sums[c] - sums[c] == 0.0F) ? sums[c] : 0.0F;
      out[c] = (L::mode == 1 ? sum / static_cast<float>(L::trees) : sum) + L::base[c];
    }
  }
};

/// The place of the first of the largest sums or scores.
template <typename T>
MOTE_INLINE int32_t place_of_largest(const T* values, int32_t count) {
  T best = values[0];
  int32_t place = 0;
  for (int32_t c = 1; c < count; ++c) {
    if (values[c] > best) {
      best = values[c];
      place = c;
    }
  }
  return place;
}

template <typename L, typename Sums>
MOTE_INLINE void finish_forest(const Sums& sums, float* scores, int32_t* label) {
  sums.finish(scores);
  if constexpr (L::has_label) {
    if constexpr (L::fixed) {
      *label = sums.label();
    } else {
      *label = place_of_largest(scores, L::targets);
    }
  }
}

/// Nodes as tables, side by side: features (with bit 15 for `not a number goes left`), thresholds, and two places each, left and
/// right; a place below zero is -1 - the place of a leaf's votes.
template <typename L>
MOTE_KERNEL void tree_ensemble_tables(const typename L::Value* MOTE_RESTRICT in, const int16_t* MOTE_RESTRICT features,
                                      const typename L::Threshold* MOTE_RESTRICT thresholds,
                                      const typename L::Place* MOTE_RESTRICT places, const typename L::Place* MOTE_RESTRICT roots,
                                      const typename ForestSums<L>::Votes* MOTE_RESTRICT votes, float* MOTE_RESTRICT scores,
                                      int32_t* MOTE_RESTRICT label) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::features, scores += L::targets) {
    ForestSums<L> sums;
    sums.start();
    for (int32_t t = 0; t < L::trees; ++t) {
      int32_t place = roots[t];
      while (place >= 0) {
        const int16_t feature = features[place];
        const auto x = in[feature & 0x7FFF];
        const auto threshold = thresholds[place];
        const bool left = feature < 0 ? !(x > threshold) : x <= threshold;
        place = places[2 * place + (left ? 0 : 1)];
      }
      sums.add(votes + (-1 - place));
    }
    finish_forest<L>(sums, scores, label + row);
  }
}

/// Nodes of one-byte features in 16-bit words (ops/forest_tables.hpp).
template <typename L>
MOTE_KERNEL void tree_ensemble_compact(const typename L::Value* MOTE_RESTRICT in, const int16_t* MOTE_RESTRICT nodes,
                                       const int16_t* MOTE_RESTRICT roots,
                                       const typename ForestSums<L>::Votes* MOTE_RESTRICT votes, float* MOTE_RESTRICT scores,
                                       int32_t* MOTE_RESTRICT label) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::features, scores += L::targets) {
    ForestSums<L> sums;
    sums.start();
    for (int32_t t = 0; t < L::trees; ++t) {
      int32_t place = roots[t];
      while (place >= 0) {
        const int16_t* node = nodes + place;
        const uint16_t word = static_cast<uint16_t>(node[0]);
        // The threshold's sign is that of the feature's type.
        const typename L::Value threshold = static_cast<typename L::Value>(word >> 8);
        if (in[word & 0x7F] <= threshold) {
          place = (word & 0x80) != 0 ? node[2] : place + 2;
        } else {
          place = node[1];
        }
      }
      sums.add(votes + (place + 0x8000));
    }
    finish_forest<L>(sums, scores, label + row);
  }
}

}  // namespace mote
