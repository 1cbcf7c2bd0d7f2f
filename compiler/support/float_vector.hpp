#pragma once

#include <cstddef>
#include <cstring>

namespace mote {

/// Four floats that are added and multiplied at once, each as it would be alone: GCC and Clang map it to what the machine has.
using FloatVector = float __attribute__((vector_size(16)));
inline constexpr std::size_t kFloatLanes = 4;

inline FloatVector load_floats(const float* from) {
  FloatVector value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline void store_floats(float* to, FloatVector value) { std::memcpy(to, &value, sizeof value); }

}  // namespace mote
