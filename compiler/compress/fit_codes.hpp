#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compress/weight_form.hpp"

namespace mote {

/// What output channels that read the same taps should answer: the moments of what they read in the compressed graph, and of that
/// with the sums that the float graph has.
struct FitProblem {
  std::size_t taps = 0, channels = 0;
  std::vector<double> square;  ///< [taps][taps]: mean of x x', around the mean where a free bias takes care of that
  std::vector<double> cross;   ///< [channels][taps]: mean of the sum wanted times x, likewise
  std::vector<float> weights;  ///< [channels][taps]: the float layer's; what little data says nothing about stays near them
  std::vector<float> scales;   ///< [channels]

  /// One more channel: the float layer's weights [taps], whose sums are wanted, and the scale of its codes. `both` [taps][taps]:
  /// the mean of what the float layer's taps read times x, as `square` is centered or not.
  void add_channel(std::span<const float> row, float scale, const std::vector<double>& both);
};

/// Codes [channels][taps] from the book so that the mean square of the sums' errors is small: where zeros must be, those weights
/// go that the others make up for best; then weights become codes one after another, and those that follow make up for each one's
/// error; then single codes change while that helps. Sources: Frantar, Singh, Alistarh, "Optimal Brain Compression", 2022;
/// Frantar, Ashkboos, Hoefler, Alistarh, "GPTQ", 2023; Frantar, Alistarh, "SparseGPT", 2023. The same for any number of threads.
std::vector<std::int8_t> fit_codes(const FitProblem& problem, const CodeBook& book);

}  // namespace mote
