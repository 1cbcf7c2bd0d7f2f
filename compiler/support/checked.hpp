#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace mote {

/// a * b, or nothing when the product does not fit int64.
inline std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// a / b rounded up; b > 0, a >= 0.
constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// The next multiple of `alignment` at or above `value`.
constexpr std::int64_t align_up(std::int64_t value, std::int64_t alignment) { return divide_up(value, alignment) * alignment; }

}  // namespace mote
