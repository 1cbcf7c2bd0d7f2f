#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// condition ? a : b over L::extents; each input moves by its own steps along each axis (0: it is repeated).
template <typename L>
MOTE_KERNEL void select(const bool* MOTE_RESTRICT condition, const typename L::Value* MOTE_RESTRICT a,
                        const typename L::Value* MOTE_RESTRICT b, typename L::Value* MOTE_RESTRICT out) {
  const auto at = [](const int32_t* steps, int32_t i, int32_t j, int32_t k, int32_t l) {
    return i * steps[0] + j * steps[1] + k * steps[2] + l * steps[3];
  };
  for (int32_t i = 0; i < L::extents[0]; ++i)
    for (int32_t j = 0; j < L::extents[1]; ++j)
      for (int32_t k = 0; k < L::extents[2]; ++k)
        for (int32_t l = 0; l < L::extents[3]; ++l) {
          const bool* which = condition + at(L::condition_steps, i, j, k, l);
          const typename L::Value* first = a + at(L::a_steps, i, j, k, l);
          const typename L::Value* second = b + at(L::b_steps, i, j, k, l);
          for (int32_t m = 0; m < L::extents[4]; ++m) {
            *out++ = which[m * L::condition_steps[4]] ? first[m * L::a_steps[4]] : second[m * L::b_steps[4]];
          }
        }
}

}  // namespace mote
