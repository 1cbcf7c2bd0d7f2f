#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// What a group of output channels of a layer reads and should answer: `patches` rows of `taps` activations as the quantized
/// graph has them, and for each row and channel the sum that the float graph has, without bias.
struct RoundingProblem {
  std::size_t patches = 0, taps = 0, channels = 0;
  std::vector<float> activations;  ///< [patches][taps]
  std::vector<float> targets;      ///< [patches][channels]
  std::vector<float> weights;      ///< [channels][taps]
  std::vector<float> scales;       ///< [channels]
  /// The bias will be set so that the mean error vanishes; else errors of the mean count.
  bool free_bias = true;
};

struct RoundingResult {
  std::vector<std::int8_t> codes;  ///< [channels][taps]
  /// Mean square of the error on patches that were not learned from, with weights to nearest and with these.
  double nearest_error = 0, learned_error = 0;
};

/// Chooses for each weight the integer above or below so that the layer's sums come closest to the targets: descent by single
/// weights on the exact quadratic loss, from nearest. One patch of five is held back; a channel that does not gain there keeps
/// nearest. The same for any number of threads. In the place of AdaRound (Nagel et al., "Up or Down?", 2020), whose loss per
/// layer this is.
RoundingResult learn_rounding(const RoundingProblem& problem);

}  // namespace mote
