#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// LABEL_ENCODER: each value that stands in `keys` (ascending, L::keys of them) becomes the value of the same place, every other one
/// L::otherwise.
template <typename L>
MOTE_KERNEL void label_encoder(const typename L::Key* in, const typename L::Key* MOTE_RESTRICT keys,
                               const typename L::Value* MOTE_RESTRICT values, typename L::Value* out) {
  for (int32_t n = 0; n < L::elements; ++n) {
    const auto key = in[n];
    int32_t from = 0;
    int32_t to = L::keys;
    while (from < to) {
      const int32_t middle = (from + to) / 2;
      if (keys[middle] < key) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    out[n] = from < L::keys && keys[from] == key ? values[from] : L::otherwise;
  }
}

}  // namespace mote
