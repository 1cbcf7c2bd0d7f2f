#pragma once

#include "mote/kernel.hpp"

namespace mote {

// What the kernels of recurrent layers share: the walk over a sequence in one direction, and the curves of float gates.

/// The index of a step's row among the rows of inputs and outputs.
template <typename L>
constexpr int32_t recurrent_row(int32_t batch, int32_t step) {
  return L::time_major ? step * L::batch + batch : batch * L::time + step;
}

/// Runs `step(in, previous, next, batch, is_first)` over all steps of each batch: rows of the inputs, of the output of the step
/// before (null: all zero) and of the output. Outputs are `out`; without L::gives_sequence they alternate between the two rows of
/// `pair`. `initial` [batch][units] may be null; with L::gives_last the last outputs go to `last`, which may be `initial`.
template <typename L, typename Value, typename Step>
MOTE_INLINE void recurrent_steps(const Value* in, const Value* initial, Value* out, Value* last, Value* pair, const Step& step) {
  for (int32_t b = 0; b < L::batch; ++b) {
    const Value* previous = initial == nullptr ? nullptr : initial + b * L::units;
    for (int32_t t = 0; t < L::time; ++t) {
      const int32_t row = recurrent_row<L>(b, L::reverse ? L::time - 1 - t : t);
      Value* const next = L::gives_sequence ? out + row * L::units : pair + (t & 1) * L::units;
      step(in + row * L::width, previous, next, b, t == 0);
      previous = next;
    }
    if constexpr (L::gives_last) memcpy(last + b * L::units, previous, sizeof(Value) * static_cast<size_t>(L::units));
  }
  (void)out;
  (void)last;
  (void)pair;
}

/// Where a batch's cell is while it runs: its row of `cells` [batch][units], or, where those are null, the one row of `scratch`.
/// Before the first step it is what `initial` [batch][units] holds, or 0; null and L::keeps_state: what it was.
template <typename L, typename Cell>
MOTE_INLINE Cell* recurrent_cell(const Cell* initial, Cell* cells, uint8_t* scratch, int32_t batch, bool is_first) {
  Cell* const cell = cells == nullptr ? reinterpret_cast<Cell*>(scratch) : cells + batch * L::units;
  constexpr size_t kBytes = sizeof(Cell) * static_cast<size_t>(L::units);
  if (is_first && !L::keeps_state) {
    if (initial == nullptr) {
      memset(cell, 0, kBytes);
    } else {
      memcpy(cell, initial + batch * L::units, kBytes);
    }
  }
  return cell;
}

// The curves of float gates, by number as the compiler counts them.
constexpr int32_t kCurveLogistic = 0, kCurveTanh = 1, kCurveRelu = 2, kCurveHardSigmoid = 3;

/// L::alpha and L::beta are those of the hard sigmoid.
template <typename L, int32_t kCurve>
MOTE_INLINE float curve_of(float x) {
  if constexpr (kCurve == kCurveLogistic) {
    return 1.0F / (1.0F + expf(-x));
  } else if constexpr (kCurve == kCurveTanh) {
    return tanhf(x);
  } else if constexpr (kCurve == kCurveRelu) {
    return larger(x, 0.0F);
  } else {
    return clamp<float>(L::alpha * x + L::beta, 0.0F, 1.0F);
  }
}

/// The curve of a gate, which is first limited to L::clip, if L::clips.
template <typename L, int32_t kCurve>
MOTE_INLINE float gate_curve(float x) {
  if constexpr (L::clips) x = clamp<float>(x, -L::clip, L::clip);
  return curve_of<L, kCurve>(x);
}

/// The product of two rows.
MOTE_INLINE float dot_product(const float* a, const float* b, int32_t count) {
  float sum = 0.0F;
  for (int32_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace mote
