#pragma once

#include "mote/packed_matrix.hpp"
#include "mote/unidirectional_sequence_lstm.hpp"

namespace mote {

// The int8 LSTM on pairs of products. For each unit the matrix holds two blocks, of the input weights and of the recurrent
// weights:
//   4                  start sums: 256 * I + F, F, 256 * C + O, O of the gates input, forget, cell, output
//   2 * steps          two columns of weights a word, a halfword each: 256 * i + f, then 256 * c + o
// SMLAD with the words sums 256 * I + F, with their sign-extended low bytes F; mote proves that I and C stay below 2^23 in size.
// Columns are pairs in the order of widen_window.

template <int32_t kSteps>
MOTE_INLINE LstmGates packed_gate_sums(const int32_t* block, const uint32_t* column) {
  int32_t input_forget = block[0];
  int32_t forget = block[1];
  int32_t candidate_output = block[2];
  int32_t output = block[3];
  block += 4;
#pragma GCC unroll 8
  for (int32_t i = 0; i < kSteps; ++i) {
    const auto first = static_cast<uint32_t>(block[2 * i]);
    const auto second = static_cast<uint32_t>(block[2 * i + 1]);
    const uint32_t pair = column[i];
    input_forget = multiply_add_pairs(first, pair, input_forget);
    candidate_output = multiply_add_pairs(second, pair, candidate_output);
    forget = multiply_add_pairs(widen_even(first), pair, forget);
    output = multiply_add_pairs(widen_even(second), pair, output);
  }
  return {wrap_subtract(input_forget, forget) >> 8, forget, wrap_subtract(candidate_output, output) >> 8, output};
}

/// A sum below 2^(30 - shift) in size in steps of 2^-12.
template <int32_t kMultiplier, int32_t kShift>
MOTE_INLINE int32_t scale_gate(int32_t sum) {
  return saturate_16(requantize_small<kMultiplier, kShift>(sum));
}

template <typename L>
MOTE_INLINE void add_recurrent_gates(LstmGates& gates, const LstmGates& sums) {
  const auto add = [](int32_t& gate, int32_t scaled) { gate = saturate_16(gate + scaled); };
  add(gates.input, scale_gate<L::recurrent_multipliers[0], L::recurrent_shifts[0]>(sums.input));
  add(gates.forget, scale_gate<L::recurrent_multipliers[1], L::recurrent_shifts[1]>(sums.forget));
  add(gates.candidate, scale_gate<L::recurrent_multipliers[2], L::recurrent_shifts[2]>(sums.candidate));
  add(gates.output, scale_gate<L::recurrent_multipliers[3], L::recurrent_shifts[3]>(sums.output));
}

/// `scratch` holds both columns.
template <typename L>
MOTE_KERNEL void unidirectional_sequence_lstm_packed(const int8_t* in, const int32_t* MOTE_RESTRICT matrix,
                                                     const int16_t* MOTE_RESTRICT table, int8_t* state, int16_t* cells,
                                                     int8_t* out, uint8_t* scratch) {
  constexpr int32_t kSteps = window_steps(1, L::width);
  constexpr int32_t kRecurrentSteps = window_steps(1, L::units);
  auto* const column = reinterpret_cast<uint32_t*>(scratch);
  uint32_t* const recurrent_column = column + kSteps;
  const auto step = [&](const int8_t* x, const int8_t* previous, int8_t* next, int32_t batch, bool is_first) {
    int16_t* const cell = recurrent_cell<L, int16_t>(nullptr, cells, nullptr, batch, is_first);
    widen_window<1, L::width, 1>([&](int32_t) { return x; }, column);
    if (previous != nullptr) widen_window<1, L::units, 1>([&](int32_t) { return previous; }, recurrent_column);
    const int32_t* block = matrix;
    for (int32_t u = 0; u < L::units; ++u) {
      const LstmGates sums = packed_gate_sums<kSteps>(block, column);
      block += 4 + 2 * kSteps;
      LstmGates gates{scale_gate<L::input_multipliers[0], L::input_shifts[0]>(sums.input),
                      scale_gate<L::input_multipliers[1], L::input_shifts[1]>(sums.forget),
                      scale_gate<L::input_multipliers[2], L::input_shifts[2]>(sums.candidate),
                      scale_gate<L::input_multipliers[3], L::input_shifts[3]>(sums.output)};
      if (previous != nullptr) add_recurrent_gates<L>(gates, packed_gate_sums<kRecurrentSteps>(block, recurrent_column));
      block += 4 + 2 * kRecurrentSteps;
      next[u] = static_cast<int8_t>(lstm_output<L>(table, gates, cell[u]));
    }
  };
  recurrent_steps<L, int8_t>(in, state, out, state, nullptr, step);
}

}  // namespace mote
