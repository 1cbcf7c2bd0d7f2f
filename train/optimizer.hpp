#pragma once

#include <cstdint>
#include <vector>

#include "train/program.hpp"

namespace mote {

enum class OptimizerKind : std::uint8_t { kAdam, kSgd };

/// What an optimizer keeps from step to step.
struct OptimizerState {
  std::int64_t steps = 0;
  Slots first, second;  ///< running means of gradients (momentum) and, for Adam, of their squares
};

/// One step of Adam (Kingma and Ba, 2015) or of descent with momentum 0.9, along the gradient.
void optimize(OptimizerKind kind, double rate, const Slots& gradient, OptimizerState& state, Slots& slots);

/// A half cosine from `rate` to 0 over all steps, behind a short rise at the beginning.
double scheduled_rate(double rate, std::int64_t step, std::int64_t steps);

}  // namespace mote
