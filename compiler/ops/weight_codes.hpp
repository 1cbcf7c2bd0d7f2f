#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mote {

// Weights in fewer than 8 bits each: what device/include/mote/unpack.hpp reads.

enum class WeightCode : std::uint8_t { kCodebook, kHuffman };

struct CodedWeights {
  std::vector<std::int16_t> stream;
  std::vector<std::int8_t> symbols;   ///< the codebook
  std::vector<std::int16_t> lengths;  ///< kHuffman only
  std::int32_t bits = 0;              ///< kCodebook only

  std::int64_t bytes() const { return static_cast<std::int64_t>(2 * (stream.size() + lengths.size()) + symbols.size()); }
};

/// Codes of a fixed size have at most this many bits.
constexpr std::int32_t kMostCodeBits = 6;

/// The values in order; nothing when there are too many different ones for a codebook.
std::optional<CodedWeights> encode_weights(WeightCode code, std::span<const std::int8_t> values);

/// Bits of a value in the code on average, tables left out; 8 when there are too many different ones for a codebook.
double coded_bits(WeightCode code, std::span<const std::int8_t> values);

}  // namespace mote
