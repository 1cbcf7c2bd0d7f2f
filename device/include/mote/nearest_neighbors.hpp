#pragma once

#include "mote/isa/dsp.hpp"

// PAIRWISE_DISTANCE, TOP_K, and both in one: NEAREST_NEIGHBORS.

namespace mote {

/// The sum of squared differences, or of their sizes with L::manhattan.
template <typename L>
MOTE_INLINE float distance_of(const typename L::Value* MOTE_RESTRICT x, const float* MOTE_RESTRICT point) {
  float sum = 0.0F;
  for (int32_t i = 0; i < L::features; ++i) {
    const float difference = static_cast<float>(x[i]) - point[i];
    sum += L::manhattan ? fabsf(difference) : difference * difference;
  }
  return sum;
}

/// Distances of L::rows rows to L::points points, [rows][points].
template <typename L>
MOTE_KERNEL void pairwise_distance(const typename L::Value* MOTE_RESTRICT in, const float* MOTE_RESTRICT points,
                                   float* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::features) {
    for (int32_t p = 0; p < L::points; ++p) *out++ = distance_of<L>(in, points + p * L::features);
  }
}

/// A list of the L::k smallest keys so far, ascending; of equal ones, those that came first.
template <typename L, typename Key>
struct SmallestKeys {
  Key keys[L::k];
  int32_t indices[L::k];

  MOTE_INLINE void start(Key worst) {
    for (int32_t i = 0; i < L::k; ++i) {
      keys[i] = worst;
      indices[i] = 0;
    }
  }
  MOTE_INLINE void add(Key key, int32_t index) {
    if (!(key < keys[L::k - 1])) return;
    int32_t i = L::k - 1;
    for (; i > 0 && key < keys[i - 1]; --i) {
      keys[i] = keys[i - 1];
      indices[i] = indices[i - 1];
    }
    keys[i] = key;
    indices[i] = index;
  }
};

/// The L::k smallest (or largest) of each of L::rows rows of L::depth values in order, and their places.
template <typename L>
MOTE_KERNEL void top_k(const float* MOTE_RESTRICT in, float* MOTE_RESTRICT values, int32_t* MOTE_RESTRICT indices) {
  constexpr float kSign = L::largest ? -1.0F : 1.0F;
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth) {
    SmallestKeys<L, float> list;
    list.start(HUGE_VALF);
    for (int32_t i = 0; i < L::depth; ++i) list.add(kSign * in[i], i);
    for (int32_t i = 0; i < L::k; ++i) {
      *values++ = kSign * list.keys[i];
      *indices++ = list.indices[i];
    }
  }
}

/// L::root: distances are the roots of the sums.
template <typename L>
MOTE_INLINE float finish_distance(float sum) {
  return L::root ? sqrtf(sum) : sum;
}

template <typename L>
MOTE_KERNEL void nearest_neighbors(const typename L::Value* MOTE_RESTRICT in, const float* MOTE_RESTRICT points,
                                   float* MOTE_RESTRICT distances, int32_t* MOTE_RESTRICT indices) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::features) {
    SmallestKeys<L, float> list;
    list.start(HUGE_VALF);
    for (int32_t p = 0; p < L::points; ++p) list.add(distance_of<L>(in, points + p * L::features), p);
    for (int32_t i = 0; i < L::k; ++i) {
      *distances++ = finish_distance<L>(list.keys[i]);
      *indices++ = list.indices[i];
    }
  }
}

/// Squared distances between integers of a byte, exactly. A point's bytes have L::offset subtracted and stand in L::words words, the last
/// one filled up with zeros; `norms` are their squared lengths. A distance is then |x|^2 - 2 x.p + |p|^2. `scratch`: two words of pairs for
/// each word of a point.
template <typename L>
MOTE_KERNEL void nearest_neighbors_bytes(const typename L::Value* MOTE_RESTRICT in, const int8_t* MOTE_RESTRICT points,
                                         const int32_t* MOTE_RESTRICT norms, uint8_t* MOTE_RESTRICT scratch,
                                         float* MOTE_RESTRICT distances, int32_t* MOTE_RESTRICT indices) {
  uint32_t* pairs = reinterpret_cast<uint32_t*>(scratch);
  for (int32_t row = 0; row < L::rows; ++row, in += L::features) {
    int32_t norm = 0;
    for (int32_t w = 0; w < L::words; ++w) {
      int32_t x[4];
      for (int32_t i = 0; i < 4; ++i) {
        x[i] = 4 * w + i < L::features ? static_cast<int32_t>(in[4 * w + i]) - L::offset : 0;
        norm += x[i] * x[i];
      }
      pairs[2 * w] = pair_of(x[0], x[2]);
      pairs[2 * w + 1] = pair_of(x[1], x[3]);
    }
    SmallestKeys<L, int32_t> list;
    list.start(INT32_MAX);
    const int8_t* point = points;
    for (int32_t p = 0; p < L::points; ++p) {
      int32_t product = 0;
      const uint32_t* x = pairs;
      for (int32_t w = 0; w < L::words; ++w, point += 4, x += 2) {
        const uint32_t bytes = load_4(point);
        product = multiply_add_pairs(widen_even(bytes), x[0], product);
        product = multiply_add_pairs(widen_odd(bytes), x[1], product);
      }
      list.add(norms[p] - 2 * product, p);
    }
    for (int32_t i = 0; i < L::k; ++i) {
      *distances++ = finish_distance<L>(static_cast<float>(norm + list.keys[i]));
      *indices++ = list.indices[i];
    }
  }
}

}  // namespace mote
