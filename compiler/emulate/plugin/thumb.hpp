#pragma once

#include <cstdint>

namespace mote {

/// One Thumb instruction. A wide one has its first halfword in the upper 16 bits (Arm ARM, "Thumb instruction set encoding").
struct ThumbInstruction {
  std::uint32_t bits = 0;
  bool wide = false;

  unsigned bytes() const { return wide ? 4 : 2; }
};

constexpr bool is_wide_thumb(unsigned first_halfword) { return (first_halfword >> 11) >= 0x1D; }

/// Reads 2 bytes, or 4 when the first 2 say so.
inline ThumbInstruction read_thumb(const std::uint8_t* bytes) {
  const std::uint32_t first = bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8;
  if (!is_wide_thumb(first)) return {first, false};
  return {first << 16 | bytes[2] | static_cast<std::uint32_t>(bytes[3]) << 8, true};
}

}  // namespace mote
