#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "graph/types.hpp"

namespace mote {

/// One pass of a mixed-radix FFT: `blocks` transforms of `radix` * `size` values are made of `radix` transforms of `size` each.
struct FftStage {
  std::int32_t radix = 2, size = 1, blocks = 1;
};

/// How a complex FFT of some length is cut: radix 4 as often as possible, then 2, 3 and 5; the first stage runs first, on single
/// values. Empty when a factor is left.
std::vector<FftStage> fft_stages(std::int32_t length);

/// exp(-2 pi i k / length).
std::complex<double> fft_twiddle(std::int64_t k, std::int64_t length);

/// The first value of each block of the first stage: its others follow at distances of length / radix.
std::vector<std::int32_t> fft_first_indices(const std::vector<FftStage>& stages);

/// Error unless there is a transform of real frames [..., n] of this length: even, 4 to `longest`, at least n, and half of it a product of
/// 2, 3 and 5.
void require_fft_length(std::int32_t fft_length, std::int32_t longest, const Shape& frames);

}  // namespace mote
