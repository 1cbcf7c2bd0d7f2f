#pragma once

#include "mote/recurrent.hpp"

namespace mote {

/// Long short-term memory in float32. Tables hold the gates input, forget, cell, output of a unit one after another: weights
/// [units][4][width], recurrent weights [units][4][units], biases [units][4]. Initial outputs and cells may be null. With
/// L::keeps_state both are state: initial_output is last_output, and the cells are last_cell. Scratch: two rows of outputs unless
/// L::gives_sequence, then a row of the cell unless last_cell is there.
template <typename L>
MOTE_KERNEL void lstm(const float* in, const float* MOTE_RESTRICT weights, const float* MOTE_RESTRICT bias,
                      const float* MOTE_RESTRICT recurrent_weights, const float* initial_output, const float* initial_cell,
                      float* out, float* last_output, float* last_cell, uint8_t* scratch) {
  constexpr size_t kPairBytes = L::gives_sequence ? 0 : 2 * sizeof(float) * static_cast<size_t>(L::units);
  const auto step = [&](const float* x, const float* previous, float* next, int32_t batch, bool is_first) {
    float* const cell = recurrent_cell<L>(initial_cell, last_cell, scratch + kPairBytes, batch, is_first);
    const float* w = weights;
    const float* r = recurrent_weights;
    for (int32_t u = 0; u < L::units; ++u) {
      float gates[4];
      for (int32_t g = 0; g < 4; ++g, w += L::width, r += L::units) {
        gates[g] = dot_product(w, x, L::width) + bias[4 * u + g];
        if (previous != nullptr) gates[g] += dot_product(r, previous, L::units);
      }
      float value = gate_curve<L, L::gate_curve>(gates[1]) * cell[u];
      value += gate_curve<L, L::gate_curve>(gates[0]) * gate_curve<L, L::cell_curve>(gates[2]);
      if constexpr (L::clips_cell) value = clamp<float>(value, -L::cell_clip, L::cell_clip);
      cell[u] = value;
      next[u] = gate_curve<L, L::gate_curve>(gates[3]) * curve_of<L, L::output_curve>(value);
    }
  };
  recurrent_steps<L>(in, initial_output, out, last_output, reinterpret_cast<float*>(scratch), step);
}

}  // namespace mote
