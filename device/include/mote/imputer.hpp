#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// IMPUTER: of L::rows rows of L::depth values, those that equal L::replaced (or are not a number, with L::replaces_nan) become the
/// column's value of `with`. The output may be the input.
template <typename L>
MOTE_KERNEL void imputer(const float* in, const float* MOTE_RESTRICT with, float* out) {
  for (int32_t row = 0; row < L::rows; ++row) {
    for (int32_t i = 0; i < L::depth; ++i, ++in, ++out) {
      const bool missing = L::replaces_nan ? *in != *in : *in == L::replaced;
      *out = missing ? with[i] : *in;
    }
  }
}

}  // namespace mote
