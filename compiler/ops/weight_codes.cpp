#include "ops/weight_codes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <queue>

namespace mote {

namespace {

constexpr int kMostLength = 16;
using Counts = std::array<std::int64_t, 256>;

std::size_t place_of(std::int8_t value) { return static_cast<std::size_t>(value + 128); }

Counts count_values(std::span<const std::int8_t> values) {
  Counts counts{};
  for (const std::int8_t value : values) ++counts[place_of(value)];
  return counts;
}

std::vector<std::int8_t> values_in_use(const Counts& counts) {
  std::vector<std::int8_t> used;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) used.push_back(static_cast<std::int8_t>(static_cast<int>(i) - 128));
  }
  return used;
}

std::int32_t code_bits(std::size_t symbols) { return std::max(1, static_cast<std::int32_t>(std::bit_width(symbols - 1))); }

/// Halfwords of bits; the readers look one halfword ahead.
class BitWriter {
 public:
  void low_first(std::uint32_t code, int bits) {
    for (int i = 0; i < bits; ++i) put((code >> i & 1) != 0, static_cast<int>(count_ % 16));
  }
  void high_first(std::uint32_t code, int bits) {
    for (int i = bits - 1; i >= 0; --i) put((code >> i & 1) != 0, 15 - static_cast<int>(count_ % 16));
  }
  std::vector<std::int16_t> take() {
    words_.push_back(0);
    return {words_.begin(), words_.end()};
  }

 private:
  void put(bool bit, int place) {
    if (count_++ % 16 == 0) words_.push_back(0);
    if (bit) words_.back() = static_cast<std::uint16_t>(words_.back() | 1U << place);
  }

  std::vector<std::uint16_t> words_;
  std::size_t count_ = 0;
};

/// Length of each value's code, 0 for values that do not occur.
std::array<int, 256> huffman_lengths(Counts counts) {
  struct Entry {
    std::int64_t count;
    std::size_t node;
    bool operator>(const Entry& other) const { return count != other.count ? count > other.count : node > other.node; }
  };
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  std::vector<std::size_t> parents(counts.size(), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) open.push({counts[i], i});
  }
  const bool alone = open.size() == 1;
  while (open.size() > 1) {
    const Entry a = open.top();
    open.pop();
    const Entry b = open.top();
    open.pop();
    parents[a.node] = parents[b.node] = parents.size();
    open.push({a.count + b.count, parents.size()});
    parents.push_back(0);
  }
  std::array<int, 256> lengths{};
  int longest = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    for (std::size_t at = i; parents[at] != 0; at = parents[at]) ++lengths[i];
    if (alone) lengths[i] = 1;
    longest = std::max(longest, lengths[i]);
  }
  if (longest <= kMostLength) return lengths;
  for (std::int64_t& count : counts) count = (count + 1) / 2;
  return huffman_lengths(counts);
}

CodedWeights encode_huffman(std::span<const std::int8_t> values) {
  const Counts counts = count_values(values);
  const auto lengths = huffman_lengths(counts);
  CodedWeights coded;
  coded.symbols = values_in_use(counts);
  std::ranges::stable_sort(coded.symbols, {}, [&](std::int8_t value) { return lengths[place_of(value)]; });
  const int shortest = lengths[place_of(coded.symbols.front())], longest = lengths[place_of(coded.symbols.back())];
  std::array<std::uint32_t, 256> codes{};
  coded.lengths.push_back(static_cast<std::int16_t>(shortest));
  std::uint32_t code = 0;
  std::size_t symbol = 0;
  for (int length = shortest; length <= longest; ++length, code <<= 1) {
    const auto offset = static_cast<std::uint32_t>(symbol) - code;
    for (; symbol < coded.symbols.size() && lengths[place_of(coded.symbols[symbol])] == length; ++symbol)
      codes[place_of(coded.symbols[symbol])] = code++;
    const std::uint32_t last = (code << (kMostLength - length)) - 1;
    for (const std::uint32_t number : {last, offset})
      coded.lengths.push_back(static_cast<std::int16_t>(static_cast<std::uint16_t>(number)));
  }
  BitWriter bits;
  for (const std::int8_t value : values) bits.high_first(codes[place_of(value)], lengths[place_of(value)]);
  coded.stream = bits.take();
  return coded;
}

std::optional<CodedWeights> encode_by_codebook(std::span<const std::int8_t> values) {
  CodedWeights coded;
  coded.symbols = values_in_use(count_values(values));
  coded.bits = code_bits(coded.symbols.size());
  if (coded.bits > kMostCodeBits) return std::nullopt;
  std::array<std::uint32_t, 256> codes{};
  for (std::size_t i = 0; i < coded.symbols.size(); ++i) codes[place_of(coded.symbols[i])] = static_cast<std::uint32_t>(i);
  BitWriter bits;
  for (const std::int8_t value : values) bits.low_first(codes[place_of(value)], coded.bits);
  coded.stream = bits.take();
  return coded;
}

}  // namespace

std::optional<CodedWeights> encode_weights(WeightCode code, std::span<const std::int8_t> values) {
  if (values.empty()) return std::nullopt;
  return code == WeightCode::kHuffman ? encode_huffman(values) : encode_by_codebook(values);
}

double coded_bits(WeightCode code, std::span<const std::int8_t> values) {
  if (values.empty()) return 8;
  const Counts counts = count_values(values);
  if (code == WeightCode::kCodebook) {
    const std::int32_t bits = code_bits(values_in_use(counts).size());
    return bits > kMostCodeBits ? 8 : bits;
  }
  const auto lengths = huffman_lengths(counts);
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) bits += counts[i] * lengths[i];
  return static_cast<double>(bits) / static_cast<double>(values.size());
}

}  // namespace mote
