#pragma once

#include "ops/quantized_math.hpp"

namespace mote {

// int32 and int64 that count things and carry no scale: all arithmetic wraps.

constexpr bool is_whole(DataType type) { return type == DataType::kInt32 || type == DataType::kInt64; }

inline std::int64_t wrap_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
inline std::int64_t wrap_subtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t wrap_multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

/// The quotient without its fraction; 0 for a divisor of 0. The lowest number divided by -1 wraps.
template <typename T>
T truncating_divide(T a, T b) {
  if (b == 0) return 0;
  return b == -1 ? wrap_subtract(T{0}, a) : a / b;
}
/// The quotient rounded down.
template <typename T>
T floor_divide(T a, T b) {
  const T quotient = truncating_divide(a, b);
  const bool exact = b == 0 || wrap_multiply(quotient, b) == a;
  return exact || (a < 0) == (b < 0) ? quotient : quotient - 1;
}

}  // namespace mote
