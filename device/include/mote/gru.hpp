#pragma once

#include "mote/recurrent.hpp"

namespace mote {

/// Gated recurrent unit in float32. Tables hold the gates update, reset, hidden of a unit one after another: weights
/// [units][3][width], recurrent weights [units][3][units]; biases [units][4]: of update and reset, of the hidden gate's input
/// part and of its recurrent part. The initial output may be null. Scratch: two rows of outputs unless L::gives_sequence, then,
/// unless L::reset_after, rows for the update gate and for the reset outputs.
template <typename L>
MOTE_KERNEL void gru(const float* in, const float* MOTE_RESTRICT weights, const float* MOTE_RESTRICT bias,
                     const float* MOTE_RESTRICT recurrent_weights, const float* initial_output, float* out, float* last_output,
                     uint8_t* scratch) {
  auto* const pair = reinterpret_cast<float*>(scratch);
  float* const updates = pair + (L::gives_sequence ? 0 : 2 * L::units);
  float* const kept = updates + L::units;
  const auto step = [&](const float* x, const float* previous, float* next, int32_t, bool) {
    const auto input_part = [&](int32_t u, int32_t g) { return dot_product(weights + (3 * u + g) * L::width, x, L::width); };
    const auto recurrent_part = [&](int32_t u, int32_t g, const float* values) {
      return values == nullptr ? 0.0F : dot_product(recurrent_weights + (3 * u + g) * L::units, values, L::units);
    };
    const auto gate = [&](int32_t u, int32_t g) {
      return gate_curve<L, L::gate_curve>(input_part(u, g) + bias[4 * u + g] + recurrent_part(u, g, previous));
    };
    const auto mix = [&](int32_t u, float update, float hidden) {
      next[u] = (1.0F - update) * hidden + (previous == nullptr ? 0.0F : update * previous[u]);
    };
    if constexpr (L::reset_after) {
      for (int32_t u = 0; u < L::units; ++u) {
        const float recurrent = recurrent_part(u, 2, previous) + bias[4 * u + 3];
        const float hidden = gate_curve<L, L::hidden_curve>(input_part(u, 2) + bias[4 * u + 2] + gate(u, 1) * recurrent);
        mix(u, gate(u, 0), hidden);
      }
    } else {
      for (int32_t u = 0; u < L::units; ++u) {
        updates[u] = gate(u, 0);
        kept[u] = previous == nullptr ? 0.0F : gate(u, 1) * previous[u];
      }
      for (int32_t u = 0; u < L::units; ++u) {
        const float sum = input_part(u, 2) + bias[4 * u + 2] + recurrent_part(u, 2, kept) + bias[4 * u + 3];
        mix(u, updates[u], gate_curve<L, L::hidden_curve>(sum));
      }
    }
  };
  recurrent_steps<L>(in, initial_output, out, last_output, pair, step);
  (void)updates;
  (void)kept;
}

}  // namespace mote
