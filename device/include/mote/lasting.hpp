#pragma once

#include "mote/kernel.hpp"

namespace mote {

// What was learned, as bytes to keep in flash: the model's hash, little-endian, the states one after another, and a CRC-32 of all
// that (ISO 3309, as in Ethernet and PNG), little-endian.

/// A state in a model's arena.
struct LastingPart {
  size_t offset, bytes;
};

MOTE_FUNCTION uint32_t crc32(const uint8_t* bytes, size_t count) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

MOTE_FUNCTION void write_word(uint32_t word, uint8_t* to) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<uint8_t>(word >> 8 * i);
}

MOTE_FUNCTION uint32_t read_word(const uint8_t* from) {
  uint32_t word = 0;
  for (int i = 0; i < 4; ++i) word |= static_cast<uint32_t>(from[i]) << 8 * i;
  return word;
}

MOTE_FUNCTION void save_lasting(const uint8_t* arena, const LastingPart* parts, size_t count, uint64_t hash, uint8_t* to) {
  write_word(static_cast<uint32_t>(hash), to);
  write_word(static_cast<uint32_t>(hash >> 32), to + 4);
  uint8_t* end = to + 8;
  for (size_t i = 0; i < count; ++i) {
    memcpy(end, arena + parts[i].offset, parts[i].bytes);
    end += parts[i].bytes;
  }
  write_word(crc32(to, static_cast<size_t>(end - to)), end);
}

/// Whether the bytes are whole, and of this model.
MOTE_FUNCTION bool is_lasting(const uint8_t* from, size_t bytes, size_t wanted, uint64_t hash) {
  return bytes == wanted && read_word(from) == static_cast<uint32_t>(hash) &&
         read_word(from + 4) == static_cast<uint32_t>(hash >> 32) && read_word(from + bytes - 4) == crc32(from, bytes - 4);
}

MOTE_FUNCTION void restore_lasting(uint8_t* arena, const LastingPart* parts, size_t count, const uint8_t* from) {
  from += 8;
  for (size_t i = 0; i < count; ++i) {
    memcpy(arena + parts[i].offset, from, parts[i].bytes);
    from += parts[i].bytes;
  }
}

}  // namespace mote
