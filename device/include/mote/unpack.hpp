#pragma once

#include "mote/kernel.hpp"

namespace mote {

// Tables of weights that lie in flash tighter than kernels read them: a stream of values, and runs of words that tell where in
// the table they belong. A run is a word (words that are no weights + 65536 * words of weights), then its words that are none.

/// Values that are codes of `bits` bits (at most 8) for the entries of a codebook, the lowest bits first.
class CodedValues {
 public:
  CodedValues(const int16_t* stream, const int8_t* codebook, const int16_t*, int32_t bits)
      : stream_(stream), codebook_(codebook), bits_(bits), mask_((uint32_t{1} << bits) - 1) {}

  MOTE_INLINE int32_t next() {
    if (held_ < bits_) {
      buffer_ |= static_cast<uint32_t>(static_cast<uint16_t>(*stream_++)) << held_;
      held_ += 16;
    }
    const int32_t value = codebook_[buffer_ & mask_];
    buffer_ >>= bits_;
    held_ -= bits_;
    return value;
  }

 private:
  const int16_t* stream_;
  const int8_t* codebook_;
  int32_t bits_, held_ = 0;
  uint32_t mask_, buffer_ = 0;
};

/// Values by a canonical Huffman code of at most 16 bits, the highest bits first. `lengths` starts with the shortest length;
/// then, from it on, each length has two numbers: the last 16 bits that begin with a code no longer, and what its codes and the
/// index of their value in `symbols` differ by.
class HuffmanValues {
 public:
  HuffmanValues(const int16_t* stream, const int8_t* symbols, const int16_t* lengths, int32_t)
      : stream_(stream), symbols_(symbols), lengths_(lengths + 1), shortest_(lengths[0]) {
    buffer_ = static_cast<uint32_t>(static_cast<uint16_t>(*stream_++)) << 16;
  }

  MOTE_INLINE int32_t next() {
    if (held_ <= 0) {
      buffer_ |= static_cast<uint32_t>(static_cast<uint16_t>(*stream_++)) << -held_;
      held_ += 16;
    }
    const uint32_t ahead = buffer_ >> 16;
    const int16_t* length = lengths_;
    int32_t bits = shortest_;
    for (; ahead > static_cast<uint16_t>(length[0]); length += 2) ++bits;
    const int32_t value = symbols_[static_cast<uint16_t>(static_cast<int32_t>(ahead >> (16 - bits)) + length[1])];
    buffer_ <<= bits;
    held_ -= bits;
    return value;
  }

 private:
  const int16_t* stream_;
  const int8_t* symbols_;
  const int16_t* lengths_;
  int32_t shortest_, held_ = 0;  ///< bits of the buffer behind its upper half
  uint32_t buffer_;
};

// How values stand in a word of a table.

/// Four bytes, the first one lowest.
struct ByteCells {
  template <typename Values>
  static MOTE_INLINE uint32_t word(Values& values) {
    uint32_t word = static_cast<uint8_t>(values.next());
    word |= static_cast<uint32_t>(static_cast<uint8_t>(values.next())) << 8;
    word |= static_cast<uint32_t>(static_cast<uint8_t>(values.next())) << 16;
    return word | static_cast<uint32_t>(values.next()) << 24;
  }
};

/// 65536 * first + second.
struct PairCells {
  template <typename Values>
  static MOTE_INLINE uint32_t word(Values& values) {
    const uint32_t first = static_cast<uint32_t>(values.next()) << 16;
    return first + static_cast<uint32_t>(values.next());
  }
};

/// Two halfwords, each of 256 * second + first.
struct JoinedCells {
  template <typename Values>
  static MOTE_INLINE uint32_t halfword(Values& values) {
    const int32_t first = values.next();
    return static_cast<uint32_t>(values.next() * 256 + first);
  }
  template <typename Values>
  static MOTE_INLINE uint32_t word(Values& values) {
    const uint32_t low = halfword(values) & 0xFFFFU;
    return low | halfword(values) << 16;
  }
};

/// Writes `count` runs to `table`; returns the next run.
template <typename Cells, typename Values>
MOTE_KERNEL const int32_t* unpack_runs(Values& values, const int32_t* runs, int32_t count, uint32_t* table) {
  Values from = values;
  for (; count > 0; --count) {
    const auto sizes = static_cast<uint32_t>(*runs++);
    for (uint32_t i = sizes & 0xFFFFU; i > 0; --i) *table++ = static_cast<uint32_t>(*runs++);
    for (uint32_t i = sizes >> 16; i > 0; --i) *table++ = Cells::word(from);
  }
  values = from;
  return runs;
}

}  // namespace mote
