#pragma once

#include "mote/exact_float.hpp"

namespace mote {

/// What can be known of the values of a window.
enum class Statistic : int32_t {
  kMean,
  kRms,
  kVariance,
  kDeviation,
  kSkewness,
  kKurtosis,
  kMinimum,
  kMaximum,
  kPeakToPeak,
  kEnergy,
  kMeanSize,
  kLineLength,
  kZeroCrossings,
  kMeanCrossings,
  kPeaks
};

/// The values of one channel of a window: L::length of them, L::channels apart.
template <typename L>
class WindowValues {
 public:
  MOTE_INLINE explicit WindowValues(const typename L::Value* first) : first_(first) {}
  MOTE_INLINE float operator[](int32_t i) const { return static_cast<float>(first_[i * L::channels]); }

  template <typename Term>
  MOTE_INLINE float sum(int32_t from, Term term) const {
    ExactSum sum;
    for (int32_t i = from; i < L::length; ++i) sum.add(term(i));
    return sum.value();
  }

 private:
  const typename L::Value* first_;
};

template <typename L>
constexpr bool wants(Statistic from, Statistic to) {
  for (int32_t i = 0; i < L::count; ++i)
    if (L::which[i] >= static_cast<int32_t>(from) && L::which[i] <= static_cast<int32_t>(to)) return true;
  return false;
}

/// L::count statistics of each channel of L::frames windows, those of a channel side by side.
template <typename L>
MOTE_KERNEL void signal_statistics(const typename L::Value* MOTE_RESTRICT in, float* MOTE_RESTRICT out) {
  constexpr auto kLength = static_cast<float>(L::length);
  for (int32_t frame = 0; frame < L::frames; ++frame, in += L::length * L::channels) {
    for (int32_t channel = 0; channel < L::channels; ++channel) {
      const WindowValues<L> x(in + channel);
      const auto square = [](float v) { return exact_product(v, v); };
      float mean = 0.0F, second = 0.0F, energy = 0.0F, low = 0.0F, high = 0.0F;
      if constexpr (wants<L>(Statistic::kMean, Statistic::kMean) || wants<L>(Statistic::kVariance, Statistic::kKurtosis) ||
                    wants<L>(Statistic::kMeanCrossings, Statistic::kPeaks))
        mean = x.sum(0, [&](int32_t i) { return x[i]; }) / kLength;
      if constexpr (wants<L>(Statistic::kVariance, Statistic::kKurtosis))
        second = x.sum(0, [&](int32_t i) { return square(x[i] - mean); }) / kLength;
      if constexpr (wants<L>(Statistic::kRms, Statistic::kRms) || wants<L>(Statistic::kEnergy, Statistic::kEnergy))
        energy = x.sum(0, [&](int32_t i) { return square(x[i]); });
      if constexpr (wants<L>(Statistic::kMinimum, Statistic::kPeakToPeak)) {
        low = high = x[0];
        for (int32_t i = 1; i < L::length; ++i) {
          if (x[i] < low) low = x[i];
          if (x[i] > high) high = x[i];
        }
      }
      const auto crossings = [&](float level) {
        int32_t count = 0;
        for (int32_t i = 1; i < L::length; ++i) count += (x[i] >= level) != (x[i - 1] >= level) ? 1 : 0;
        return static_cast<float>(count);
      };
      for (int32_t k = 0; k < L::count; ++k) {
        float value = 0.0F;
        switch (static_cast<Statistic>(L::which[k])) {
          case Statistic::kMean:
            value = mean;
            break;
          case Statistic::kRms:
            value = sqrtf(energy / kLength);
            break;
          case Statistic::kVariance:
            value = second;
            break;
          case Statistic::kDeviation:
            value = sqrtf(second);
            break;
          case Statistic::kSkewness:
            if constexpr (wants<L>(Statistic::kSkewness, Statistic::kSkewness)) {
              const float third = x.sum(0, [&](int32_t i) { return exact_product(square(x[i] - mean), x[i] - mean); }) / kLength;
              value = second > 0.0F ? third / exact_product(second, sqrtf(second)) : 0.0F;
            }
            break;
          case Statistic::kKurtosis:
            if constexpr (wants<L>(Statistic::kKurtosis, Statistic::kKurtosis)) {
              const float fourth = x.sum(0, [&](int32_t i) { return square(square(x[i] - mean)); }) / kLength;
              value = second > 0.0F ? fourth / square(second) - 3.0F : 0.0F;
            }
            break;
          case Statistic::kMinimum:
            value = low;
            break;
          case Statistic::kMaximum:
            value = high;
            break;
          case Statistic::kPeakToPeak:
            value = high - low;
            break;
          case Statistic::kEnergy:
            value = energy;
            break;
          case Statistic::kMeanSize:
            value = x.sum(0, [&](int32_t i) { return fabsf(x[i]); }) / kLength;
            break;
          case Statistic::kLineLength:
            value = x.sum(1, [&](int32_t i) { return fabsf(x[i] - x[i - 1]); });
            break;
          case Statistic::kZeroCrossings:
            value = crossings(0.0F);
            break;
          case Statistic::kMeanCrossings:
            value = crossings(mean);
            break;
          case Statistic::kPeaks: {
            int32_t count = 0;
            for (int32_t i = 1; i + 1 < L::length; ++i) count += x[i] > mean && x[i] > x[i - 1] && x[i] > x[i + 1] ? 1 : 0;
            value = static_cast<float>(count);
            break;
          }
        }
        *out++ = value;
      }
    }
  }
}

}  // namespace mote
