#pragma once

#include "mote/recurrent.hpp"

namespace mote {

/// Simple recurrent layer in float32: weights [units][width], recurrent weights [units][units], biases [units]. The initial
/// output may be null. Scratch: two rows of outputs unless L::gives_sequence.
template <typename L>
MOTE_KERNEL void rnn(const float* in, const float* MOTE_RESTRICT weights, const float* MOTE_RESTRICT bias,
                     const float* MOTE_RESTRICT recurrent_weights, const float* initial_output, float* out, float* last_output,
                     uint8_t* scratch) {
  const auto step = [&](const float* x, const float* previous, float* next, int32_t, bool) {
    for (int32_t u = 0; u < L::units; ++u) {
      float sum = dot_product(weights + u * L::width, x, L::width) + bias[u];
      if (previous != nullptr) sum += dot_product(recurrent_weights + u * L::units, previous, L::units);
      next[u] = gate_curve<L, L::hidden_curve>(sum);
    }
  };
  recurrent_steps<L>(in, initial_output, out, last_output, reinterpret_cast<float*>(scratch), step);
}

}  // namespace mote
