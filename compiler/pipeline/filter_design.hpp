#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace mote {

/// b0, b1, b2, a1, a2 of a section of second order; a0 is 1.
using Section2 = std::array<double, 5>;

/// What a filter lets through: from `low` to `high` Hz. A low-pass has `low` 0, a high-pass `high` at half of the rate.
struct PassBand {
  double low = 0, high = 0;
  double rate = 1;  ///< samples per second
  bool low_pass() const { return low <= 0; }
  bool high_pass() const { return high >= rate / 2; }
};

/// A Butterworth filter of this order as sections (bilinear transform, edges exact: -3 dB); a band-pass has twice the poles. Gain
/// 1 in the middle. Source: S. Butterworth (1930); A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, chapter 7.
std::vector<Section2> butterworth(const PassBand& band, int order);

/// A filter of finite response by Hamming's window; `taps` is odd unless it is a low-pass. Gain 1 in the middle.
std::vector<double> windowed_sinc(const PassBand& band, std::int32_t taps);

}  // namespace mote
