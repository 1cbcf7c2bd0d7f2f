#pragma once

#include <optional>

#include "ops/forest.hpp"

namespace mote {

/// The forest for inputs that are integers of `type`: x <= 5.5 becomes x <= 5, and nodes that every value of the type passes one
/// way are gone. Every decision stays as it is.
Forest with_integer_thresholds(const Forest& forest, DataType type);

/// Trees of one-byte features in 16-bit words. A node is a word with threshold (upper byte), `left is a leaf` (bit 7) and
/// feature, then a word that says where it goes on the right; what is on the left follows. A place is the first word of a node,
/// or with bit 15 the place of a leaf's votes; a leaf on the left is such a place.
struct CompactTrees {
  std::vector<std::int16_t> words;
  std::vector<std::int16_t> roots;
};
/// Nothing when a feature, a place or the votes do not fit. `starts`: where the votes of each leaf are.
std::optional<CompactTrees> pack_compact_trees(const Forest& forest, const std::vector<std::int32_t>& starts);

}  // namespace mote
