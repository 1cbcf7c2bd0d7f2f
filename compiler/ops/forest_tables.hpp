#pragma once

#include <optional>

#include "ops/forest.hpp"

namespace mote {

/// The forest for inputs that are integers of `type`: x <= 5.5 becomes x <= 5, and nodes that every value of the type passes one way
/// are gone. Every decision stays as it is.
Forest with_integer_thresholds(const Forest& forest, DataType type);

/// The votes of leaves as words that a kernel adds up in 32-bit integers, wherever that is at least as exact as sums of floats: the
/// score in the upper bits, then a bit that says it is the leaf's last vote, then the vote in the lower ones. The lowest bits of a sum, which
/// no vote changes, hold how far the score is from the last, so that of equal sums the first is the largest.
struct FixedVotes {
  std::vector<std::uint32_t> words;
  std::vector<std::int32_t> starts;  ///< by leaf: its first word
  std::vector<std::int32_t> base;    ///< by score: where its sum starts
  std::int32_t target_bits = 0;
  float unit = 0;  ///< what 1 in a sum is worth: 2^-unit_bits
  std::int32_t unit_bits = 0;
};
/// Nothing when the sums could be off by more than 5e-6 of the largest possible score.
std::optional<FixedVotes> pack_fixed_votes(const Forest& forest, ForestSum how);

/// The same as two words for each vote: score and last bit as in FixedVotes, then the vote as a float.
struct FloatVotes {
  std::vector<std::uint32_t> words;
  std::vector<std::int32_t> starts;
  std::int32_t target_bits = 0;
};
FloatVotes pack_float_votes(const Forest& forest);

/// Trees of one-byte features in 16-bit words. A node is a word with threshold (upper byte), `left is a leaf` (bit 7) and feature, then
/// a word that says where it goes on the right; what is on the left follows. A place is the first word of a node, or with bit 15 the
/// first word of a leaf's votes; a leaf on the left is such a place.
struct CompactTrees {
  std::vector<std::int16_t> words;
  std::vector<std::int16_t> roots;
};
/// Nothing when a feature, a place or the votes do not fit. `starts`: where the votes of each leaf are.
std::optional<CompactTrees> pack_compact_trees(const Forest& forest, const std::vector<std::int32_t>& starts);

}  // namespace mote
