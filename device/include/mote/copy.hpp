#pragma once

#include "mote/kernel.hpp"

namespace mote {

/// L::elements values as they are.
template <typename L>
MOTE_KERNEL void copy(const typename L::Value* in, typename L::Value* out) {
  memmove(out, in, sizeof(typename L::Value) * static_cast<size_t>(L::elements));
}

}  // namespace mote
