#pragma once

#include "mote/exact_float.hpp"
#include "mote/isa/dsp.hpp"

namespace mote {

/// Moves L::channels windows of L::taps - 1 + L::length values along and takes L::length new ones of each channel in at their
/// ends.
template <typename L>
MOTE_INLINE void fir_push(const typename L::Value* in, typename L::Value* history) {
  constexpr int32_t kKept = L::taps - 1;
  for (int32_t channel = 0; channel < L::channels; ++channel, history += kKept + L::length) {
    memmove(history, history + L::length, sizeof(typename L::Value) * static_cast<size_t>(kKept));
    for (int32_t i = 0; i < L::length; ++i) history[kKept + i] = in[i * L::channels + channel];
  }
}

MOTE_INLINE float fir_sum(const float* values, const float* coefficients, int32_t taps, int32_t) {
  ExactSum sum;
  for (int32_t i = 0; i < taps; ++i) sum.add(exact_product(values[i], coefficients[i]));
  return sum.value();
}
MOTE_INLINE int16_t fir_sum(const int16_t* values, const int16_t* coefficients, int32_t taps, int32_t shift) {
  int32_t sum = static_cast<int32_t>(1) << (shift - 1);
  const int32_t pairs = taps & ~static_cast<int32_t>(1);
#if MOTE_DSP
  for (int32_t i = 0; i < pairs; i += 2) {
    uint32_t pair, weights;
    memcpy(&pair, values + i, sizeof pair);
    memcpy(&weights, coefficients + i, sizeof weights);
    sum = multiply_add_pairs(pair, weights, sum);
  }
#else
  for (int32_t i = 0; i < pairs; ++i) sum = wrap_add(sum, static_cast<int32_t>(values[i] * coefficients[i]));
#endif
  if (pairs < taps) sum = wrap_add(sum, static_cast<int32_t>(values[pairs] * coefficients[pairs]));
  return static_cast<int16_t>(saturate_16(sum >> shift));
}

/// L::length samples of L::channels each through a filter of L::taps, whose coefficients stand last one first; of every
/// L::decimation results the first is kept. int16: divided by 2^L::shift, saturated. `history`: the samples that the filter sees,
/// channel by channel.
template <typename L>
MOTE_KERNEL void signal_fir(const typename L::Value* in, const typename L::Value* MOTE_RESTRICT coefficients,
                            typename L::Value* MOTE_RESTRICT history, typename L::Value* out) {
  fir_push<L>(in, history);
  for (int32_t channel = 0; channel < L::channels; ++channel, history += L::taps - 1 + L::length) {
    for (int32_t i = 0; i < L::length / L::decimation; ++i)
      out[i * L::channels + channel] = fir_sum(history + i * L::decimation, coefficients, L::taps, L::shift);
  }
}

}  // namespace mote
