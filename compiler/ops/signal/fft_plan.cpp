#include "ops/signal/fft_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/error.hpp"

namespace mote {

std::vector<FftStage> fft_stages(std::int32_t length) {
  std::vector<FftStage> outermost_first;
  std::int32_t blocks = 1;
  std::int32_t rest = length;
  for (const std::int32_t radix : {4, 2, 3, 5}) {
    while (rest % radix == 0 && rest > 1) {
      rest /= radix;
      outermost_first.push_back({radix, rest, blocks});
      blocks *= radix;
    }
  }
  if (rest != 1) return {};
  return {outermost_first.rbegin(), outermost_first.rend()};
}

std::complex<double> fft_twiddle(std::int64_t k, std::int64_t length) {
  const double phase = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
  return {std::cos(phase), std::sin(phase)};
}

std::vector<std::int32_t> fft_first_indices(const std::vector<FftStage>& stages) {
  // The outermost stage takes every radix-th value, and so on inwards.
  std::vector<std::int32_t> indices{0};
  std::int32_t stride = 1;
  for (std::size_t i = stages.size(); i-- > 1;) {
    std::vector<std::int32_t> finer;
    for (const std::int32_t first : indices)
      for (std::int32_t q = 0; q < stages[i].radix; ++q) finer.push_back(first + q * stride);
    stride *= stages[i].radix;
    indices = std::move(finer);
  }
  return indices;
}

void require_fft_length(std::int32_t fft_length, std::int32_t longest, const Shape& frames) {
  if (fft_length < 4 || fft_length > longest || fft_length % 2 != 0 || fft_stages(fft_length / 2).empty()) {
    throw Error(fmt::format("a transform of length {} is not supported", fft_length),
                fmt::format("use an even length of 4 to {} whose half has no factor but 2, 3 and 5", longest));
  }
  if (frames.back() > fft_length)
    throw Error(fmt::format("frames of {} samples are longer than the transform of {}", frames.back(), fft_length));
}

}  // namespace mote
