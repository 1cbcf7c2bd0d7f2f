#pragma once

#include <optional>
#include <vector>

#include "ops/forest.hpp"
#include "ops/kernel_call.hpp"

namespace mote {

/// Votes as integers in words of three or four bytes, for sums in 32 bits: the score in the upper bits, then a bit that says it
/// is the leaf's last vote, then the vote. A vote is worth its bits at the top of a word, shifted right by `shift`; what a sum
/// has below that is free, and holds how far the score is from the last, so that of equal sums the first is the largest.
struct FixedVotes {
  std::int32_t bytes = 0, target_bits = 0, shift = 0;
  std::int32_t unit_bits = 0;      ///< 1 in a sum is worth 2^-unit_bits
  double step = 0;                 ///< what 1 in a vote is worth, in units of a leaf's weight
  std::vector<std::int32_t> base;  ///< by score: where its sum starts

  /// Bits of a vote, sign included.
  std::int32_t payload_bits() const { return 8 * bytes - target_bits - 1; }
  std::int32_t payload(float weight) const;
  /// What a vote of this weight adds to its sum.
  std::int32_t adds(float weight) const { return payload(weight) * (1 << (32 - payload_bits() - shift)); }
};

/// Nothing where the sums could be off by more than 5e-6 of the largest possible score.
std::optional<FixedVotes> fixed_votes(const Forest& forest, ForestSum how);

/// The table of leaves' votes: integers where they are exact enough, otherwise two words for each vote, the first with score and
/// last bit, the second the vote as a float.
class VoteTable {
 public:
  VoteTable(const Forest& forest, ForestSum how);

  const std::optional<FixedVotes>& fixed() const { return fixed_; }
  /// Adds a leaf; the result is its place, in elements of the table.
  std::int32_t add(const std::vector<Forest::Vote>& leaf);
  /// Adds all leaves, those that most places lead to first, so that their places are small numbers. By leaf: its place.
  std::vector<std::int32_t> add_all(const Forest& forest);
  std::size_t size() const { return fixed_ ? bytes_.size() : words_.size(); }

  /// What kernels know about it (mote/tree_ensemble.hpp).
  void describe(KernelCall& call, const Forest& forest, ForestSum how) const;
  KernelCall& add_to(KernelCall& call) const;

 private:
  std::optional<FixedVotes> fixed_;
  std::int32_t target_bits_ = 0;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::int32_t> words_;
};

}  // namespace mote
