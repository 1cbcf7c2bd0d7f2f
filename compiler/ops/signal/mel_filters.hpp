#pragma once

#include <cstdint>
#include <vector>

namespace mote {

/// How frequencies become mels, and what a filter's peak is.
enum class MelScale : std::uint8_t {
  kHtk,    ///< 2595 log10(1 + f / 700). Source: the HTK book.
  kSlaney  ///< linear below 1 kHz, then logarithmic. Source: M. Slaney, Auditory Toolbox (1998).
};

struct MelFilterBank {
  MelScale scale = MelScale::kHtk;
  bool unit_area = false;  ///< triangles of area 1 over Hz instead of height 1
  bool in_mels = false;    ///< their sides are straight over mels, not over Hz
  double rate = 16000;     ///< samples per second
  double low = 0, high = 8000;
  std::int32_t fft_length = 512, bands = 40;
};

/// A triangle over the bins of a spectrum: its weights from bin `first` on, zeros at the ends left out.
struct MelFilter {
  std::int32_t first = 0;
  std::vector<double> weights;
};

/// The filters, lowest first, with centres at equal distances on the scale between `low` and `high`; each reaches from its lower
/// neighbour's centre to its upper one's. A filter that no bin falls into is empty.
std::vector<MelFilter> mel_filters(const MelFilterBank& bank);

}  // namespace mote
