#pragma once

#include "mote/signal/bits.hpp"

namespace mote {

/// Sums of energies by overlapping filters, wrapping. `bands`: for each of L::channels + 1 bands its first bin, its width and for
/// each bin the weight in the band's own channel, then in the next; the first band's own channel is dropped.
template <typename L>
MOTE_KERNEL void signal_filter_bank(const uint32_t* MOTE_RESTRICT energies, const int16_t* MOTE_RESTRICT bands,
                                    uint64_t* MOTE_RESTRICT out) {
  const auto add = [](uint64_t sum, uint32_t energy, int16_t weight) {
    if constexpr (L::signed_weights) return sum + static_cast<uint64_t>(static_cast<int64_t>(weight)) * energy;
    return add_product_16(sum, energy, static_cast<uint16_t>(weight));
  };
  uint64_t carried = 0;
  for (int32_t band = 0; band <= L::channels; ++band) {
    const uint32_t* energy = energies + bands[0];
    const uint32_t* const end = energy + bands[1];
    bands += 2;
    uint64_t sum = carried;
    carried = 0;
    for (; energy != end; ++energy, bands += 2) {
      sum = add(sum, *energy, bands[0]);
      carried = add(carried, *energy, bands[1]);
    }
    if (band > 0) *out++ = sum;
  }
}

}  // namespace mote
