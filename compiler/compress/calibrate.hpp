#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "compress/equalize.hpp"
#include "compress/tensor_values.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// Inferences to learn from: [sample][input], the bytes of each input of the float graph.
using SampleInputs = std::vector<std::vector<Bytes>>;

/// A stage and how much of it is done, 0 to 1.
using QuantizeProgress = std::function<void(std::string_view stage, double fraction)>;

enum class Calibration : std::uint8_t { kMinMax, kPercentile, kMse, kEntropy };

struct CalibrationOptions {
  Calibration method = Calibration::kMse;
  double percentile = 99.99;
  /// Steps of the type that the ranges are for: 255 for int8, 65535 for int16.
  int steps = 255;
};

/// The range of each float tensor that nodes compute or inputs bring, over all samples.
/// Error when a value is not finite. The same for any number of threads.
std::vector<ValueRange> calibrate(const Graph& graph, const SampleInputs& samples, const CalibrationOptions& options,
                                  const QuantizeProgress& progress);

/// The largest value in size of each channel.
ChannelPeaks channel_peaks(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress);

}  // namespace mote
