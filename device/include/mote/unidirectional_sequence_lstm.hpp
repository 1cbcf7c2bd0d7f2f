#pragma once

#include "mote/activation.hpp"
#include "mote/isa/dsp.hpp"
#include "mote/recurrent.hpp"

namespace mote {

// Long short-term memory in integers: both parts of a gate are scaled to steps of 2^-12, gates have steps of 2^-15, the cell is
// int16. Tables hold the gates input, forget, cell, output of a unit one after another: weights [units][4][width], recurrent
// weights [units][4][units], biases [units][4]. `cells` [batch][units] holds the cell and `state` [batch][units] the last step's
// output, both kept from run to run with L::keeps_state; otherwise every run starts from zero, and `state` is null. `table` is
// that of `logistic`.

/// `requantize` of a number below 2^(30 - shift) in size.
template <int32_t kMultiplier, int kShift>
MOTE_INLINE int32_t requantize_small(int32_t x) {
  constexpr int kLeft = kShift > 0 ? kShift : 0;
  constexpr int kRight = kShift > 0 ? 0 : -kShift;
  const int32_t doubled = shift_left(x, kLeft + 1);
  if constexpr (kRight == 0) {
    return multiply_high_add(doubled, kMultiplier, 0);
  } else if constexpr (kRight > 21) {
    return rounding_shift_right(multiply_high_add(doubled, kMultiplier, 0), kRight);
  } else {
    // Half is taken away from zero: where the product is 0 and x negative, both ways give 0.
    return (multiply_high_add(doubled, kMultiplier, 1 << (kRight - 1)) + (x >> 31)) >> kRight;
  }
}

/// logistic of a gate in steps of 2^-12: it never reaches the table's last entry.
MOTE_INLINE int32_t gate_logistic(const int16_t* table, int32_t gate) {
  const int32_t size = 3 * (gate < 0 ? -gate : gate);
  const int32_t index = size >> 9;
  const int32_t here = static_cast<uint16_t>(table[index]);
  const int32_t next = static_cast<uint16_t>(table[index + 1]);
  const int32_t sum = (here << 9) + (next - here) * (size & 511);
  return (gate >= 0 ? sum + 512 : (1 << 25) - sum + 511) >> 10;
}

/// tanh of an argument in steps of 1 / (3 * 4096).
MOTE_INLINE int32_t tanh_of_steps(const int16_t* table, int32_t steps) {
  const int32_t above_half = sigmoid_of_size(table, steps < 0 ? -steps : steps, 8, 0xFFFF << 8) - (1 << 23);
  return (steps >= 0 ? above_half + 128 : 127 - above_half) >> 8;
}

/// A unit's gates in steps of 2^-12.
struct LstmGates {
  int32_t input, forget, candidate, output;
};

/// What follows the sums: the gates give the new cell and the output.
template <typename L>
MOTE_INLINE int32_t lstm_output(const int16_t* table, const LstmGates& gates, int16_t& cell) {
  const int32_t kept = requantize_small<1 << 30, -14>(gate_logistic(table, gates.forget) * cell);
  const int32_t added = requantize_small<L::update_multiplier, L::update_shift>(gate_logistic(table, gates.input) *
                                                                                tanh_of_steps(table, 3 * gates.candidate));
  int32_t next = saturate_16(saturate_16(kept) + saturate_16(added));
  if constexpr (L::clips_cell) next = clamp<int32_t>(next, -L::cell_clip, L::cell_clip);
  cell = static_cast<int16_t>(next);
  constexpr int32_t kHalf = L::tanh_shift > 0 ? 1 << (L::tanh_shift > 0 ? L::tanh_shift - 1 : 0) : 0;
  const int32_t curve = tanh_of_steps(table, (next * L::tanh_multiplier + kHalf) >> L::tanh_shift);
  int32_t product = gate_logistic(table, gates.output) * curve;
  if constexpr (L::output_shift > 0) {
    product = requantize(product, L::output_multiplier, L::output_shift);
  } else {
    product = requantize_small<L::output_multiplier, L::output_shift>(product);
  }
  return clamp<int32_t>(wrap_add(product, L::output_zero_point), L::output_min, L::output_max);
}

/// bias + weights * values over one row; int32 wraps.
template <typename Value>
MOTE_INLINE int32_t gate_sum(int32_t bias, const int8_t* weights, const Value* values, int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += weights[i] * values[i];
  return wrap_add(sum, bias);
}
template <typename Value>
MOTE_INLINE int64_t gate_sum(int64_t bias, const int8_t* weights, const Value* values, int32_t count) {
  for (int32_t i = 0; i < count; ++i) bias += weights[i] * values[i];
  return bias;
}

/// int8 (L::Sum int32) or int16 activations (int64). Biases have the zero points folded in; the recurrent ones may be null where
/// the output's zero point is 0. L::input_multipliers and the like are lists of four.
template <typename L>
MOTE_KERNEL void unidirectional_sequence_lstm(const typename L::Value* in, const int8_t* MOTE_RESTRICT weights,
                                              const typename L::Sum* MOTE_RESTRICT bias,
                                              const int8_t* MOTE_RESTRICT recurrent_weights,
                                              const typename L::Sum* MOTE_RESTRICT recurrent_bias,
                                              const int16_t* MOTE_RESTRICT table, typename L::Value* state, int16_t* cells,
                                              typename L::Value* out) {
  using Value = typename L::Value;
  using Sum = typename L::Sum;
  const auto step = [&](const Value* x, const Value* previous, Value* next, int32_t batch, bool is_first) {
    int16_t* const cell = recurrent_cell<L, int16_t>(nullptr, cells, nullptr, batch, is_first);
    const int8_t* w = weights;
    const int8_t* r = recurrent_weights;
    for (int32_t u = 0; u < L::units; ++u) {
      int32_t gates[4];
      for (int32_t g = 0; g < 4; ++g, w += L::width, r += L::units) {
        const Sum sum = gate_sum(bias[4 * u + g], w, x, L::width);
        gates[g] = saturate_16(requantize(sum, L::input_multipliers[g], L::input_shifts[g]));
        if (previous == nullptr) continue;
        const Sum recurrent = gate_sum(L::output_zero_point == 0 ? Sum{0} : recurrent_bias[4 * u + g], r, previous, L::units);
        gates[g] =
            saturate_16(gates[g] + saturate_16(requantize(recurrent, L::recurrent_multipliers[g], L::recurrent_shifts[g])));
      }
      next[u] = static_cast<Value>(lstm_output<L>(table, {gates[0], gates[1], gates[2], gates[3]}, cell[u]));
    }
  };
  recurrent_steps<L, Value>(in, state, out, state, nullptr, step);
}

}  // namespace mote
