#pragma once

#include <utility>
#include <vector>

namespace mote {

/// What a layer, or one group of its channels, should give for what it reads.
struct RefitProblem {
  std::size_t taps = 0, outputs = 0;
  std::vector<float> inputs;                  ///< [row][tap]
  std::vector<float> targets;                 ///< [row][output], after the activation
  std::vector<bool> held_back;                ///< rows that only judge
  std::pair<float, float> activation_range;   ///< the activation clamps to it
  std::vector<float> weights, bias;           ///< [output][tap], [output]: where to start, and what to stay near
};

struct RefitResult {
  std::vector<float> weights, bias;
  /// Mean square errors after the activation on the rows held back, by the mean square of the targets around their means.
  double error_before = 0, error_after = 0;
};

/// Weights and bias by ridge least squares. Sums that the activation clamps need only stay beyond its end, as the target does: the
/// problem is solved again and again with targets that say so. How strongly weights are held near the given ones is what the rows held back
/// like best; if they like no change best, nothing changes.
RefitResult refit_layer(const RefitProblem& problem);

}  // namespace mote
