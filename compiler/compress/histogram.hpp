#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compress/tensor_values.hpp"

namespace mote {

/// How many values lie where: equal bins over a range, and what lies outside it. Exact zeros are counted apart, since every
/// quantization holds them exactly.
class Histogram {
 public:
  static constexpr std::size_t kBins = 4096;

  /// Bins over `span`; `whole` is what the values span, ends included.
  Histogram(ValueRange span, ValueRange whole);

  void add(std::span<const float> values);
  void add(const Histogram& other);

  const std::vector<std::uint64_t>& bins() const { return bins_; }
  /// The middle of a bin.
  double center(std::size_t bin) const { return span_.lowest + (static_cast<double>(bin) + 0.5) * width_; }
  double width() const { return width_; }
  std::uint64_t zeros() const { return zeros_; }
  std::uint64_t below() const { return below_; }
  std::uint64_t above() const { return above_; }
  std::uint64_t total() const;
  ValueRange span() const { return span_; }
  ValueRange whole() const { return whole_; }

 private:
  ValueRange span_, whole_;
  double width_ = 0;
  std::vector<std::uint64_t> bins_;
  std::uint64_t zeros_ = 0, below_ = 0, above_ = 0;
};

/// The range of all but (100 - percentile) percent of the values at each end; exact zeros count.
ValueRange percentile_range(const Histogram& histogram, double percentile);

/// The range in which `steps` equal steps lose least: the sum of squares of rounding and of what is cut off.
ValueRange least_squares_range(const Histogram& histogram, int steps);

/// The range whose quantized distribution tells most of the original: least Kullback-Leibler divergence over thresholds of size.
/// Source: Migacz, "8-bit Inference with TensorRT" (2017).
ValueRange least_divergence_range(const Histogram& histogram, int steps);

}  // namespace mote
