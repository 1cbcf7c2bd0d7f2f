#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mote {

/// What can be known of the values x of a window; the order is the device's (signal/statistics.hpp).
enum class Statistic : std::int32_t {
  kMean,
  kRms,        ///< root of the mean of x^2
  kVariance,   ///< over n
  kDeviation,  ///< its root
  kSkewness,   ///< third central moment over deviation^3; 0 for constant values
  kKurtosis,   ///< fourth central moment over variance^2, less 3; 0 for constant values
  kMinimum,
  kMaximum,
  kPeakToPeak,
  kEnergy,         ///< sum of x^2
  kMeanSize,       ///< mean of |x|
  kLineLength,     ///< sum of |x - the value before|
  kZeroCrossings,  ///< changes between below 0 and not below 0
  kMeanCrossings,  ///< the same for the mean
  kPeaks           ///< values above the mean and above both neighbours
};

inline constexpr std::array<std::string_view, 15> kStatisticNames{
    "mean",         "rms",    "variance",  "deviation",   "skewness",       "kurtosis",       "minimum", "maximum",
    "peak_to_peak", "energy", "mean_size", "line_length", "zero_crossings", "mean_crossings", "peaks"};

/// What can be known of a spectrum p of bins at frequencies f; the order is the device's (signal/spectral_features.hpp).
enum class SpectralFeature : std::int32_t {
  kCentroid,   ///< sum of f p over sum of p
  kBandwidth,  ///< root of the sum of (f - centroid)^2 p over sum of p
  kRollOff,    ///< lowest frequency up to which a given part of the sum lies
  kFlatness,   ///< geometric over arithmetic mean of p, at least 1e-10 each
  kEntropy,    ///< of p over its sum, in bits
  kDominant,   ///< frequency of the largest p
  kPeak,       ///< the largest p
  kTotal       ///< sum of p
};

inline constexpr std::array<std::string_view, 8> kSpectralFeatureNames{"centroid", "bandwidth", "roll_off", "flatness",
                                                                       "entropy",  "dominant",  "peak",     "total"};

}  // namespace mote
