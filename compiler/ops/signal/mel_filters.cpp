#include "ops/signal/mel_filters.hpp"

#include <algorithm>
#include <cmath>

namespace mote {

namespace {

// Slaney's scale: 200 / 3 Hz per mel up to 1 kHz, from there 27 mels for a factor of 6.4.
constexpr double kHertzPerMel = 200.0 / 3.0, kBreak = 1000.0, kMelsAtBreak = kBreak / kHertzPerMel;
double mels_per_log() { return 27.0 / std::log(6.4); }

double mels_of(MelScale scale, double hertz) {
  if (scale == MelScale::kHtk) return 2595.0 * std::log10(1.0 + hertz / 700.0);
  return hertz < kBreak ? hertz / kHertzPerMel : kMelsAtBreak + std::log(hertz / kBreak) * mels_per_log();
}

double hertz_of(MelScale scale, double mels) {
  if (scale == MelScale::kHtk) return 700.0 * (std::pow(10.0, mels / 2595.0) - 1.0);
  return mels < kMelsAtBreak ? mels * kHertzPerMel : kBreak * std::exp((mels - kMelsAtBreak) / mels_per_log());
}

}  // namespace

std::vector<MelFilter> mel_filters(const MelFilterBank& bank) {
  const double lowest = mels_of(bank.scale, bank.low);
  const double step = (mels_of(bank.scale, bank.high) - lowest) / (bank.bands + 1);
  const auto centre = [&](std::int32_t i) { return hertz_of(bank.scale, lowest + step * i); };
  std::vector<MelFilter> filters;
  for (std::int32_t band = 0; band < bank.bands; ++band) {
    const double left = centre(band);
    const double middle = centre(band + 1);
    const double right = centre(band + 2);
    MelFilter filter;
    for (std::int32_t bin = 0; bin <= bank.fft_length / 2; ++bin) {
      const double hertz = bin * bank.rate / bank.fft_length;
      const auto along = [&](double from, double to) {
        if (!bank.in_mels) return (hertz - from) / (to - from);
        return (mels_of(bank.scale, hertz) - mels_of(bank.scale, from)) / (mels_of(bank.scale, to) - mels_of(bank.scale, from));
      };
      const double height = std::min(along(left, middle), along(right, middle));
      if (height <= 0) continue;
      if (filter.weights.empty()) filter.first = bin;
      filter.weights.push_back(bank.unit_area ? height * 2.0 / (right - left) : height);
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

}  // namespace mote
