#include "ops/forest_votes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace mote {

namespace {

/// Leaves by falling number of places that lead to them.
std::vector<std::size_t> leaves_by_use(const Forest& forest) {
  std::vector<std::int64_t> uses(forest.leaves.size());
  const auto use = [&](ForestPlace place) {
    if (is_leaf(place)) ++uses[leaf_of(place)];
  };
  for (const Forest::Node& node : forest.nodes) {
    use(node.left);
    use(node.right);
  }
  for (const ForestPlace root : forest.roots) use(root);
  std::vector<std::size_t> order(forest.leaves.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return uses[a] > uses[b]; });
  return order;
}

std::int32_t bits_for_targets(const Forest& forest) {
  return std::max(1, static_cast<std::int32_t>(std::bit_width(forest.base.size() - 1)));
}

}  // namespace

std::int32_t FixedVotes::payload(float weight) const {
  return static_cast<std::int32_t>(std::lrint(static_cast<double>(weight) / step));
}

std::optional<FixedVotes> fixed_votes(const Forest& forest, ForestSum how) {
  if (how != ForestSum::kSum && how != ForestSum::kAverage) return std::nullopt;
  FixedVotes made;
  made.target_bits = bits_for_targets(forest);
  if (made.target_bits > 8) return std::nullopt;
  const double trees = static_cast<double>(forest.roots.size());
  const double share = how == ForestSum::kAverage ? 1.0 / trees : 1.0;
  // No partial sum is larger in size than a base value and the largest vote of each tree.
  double vote = 0, base = 0;
  for (const auto& votes : forest.leaves)
    for (const Forest::Vote& each : votes) vote = std::max(vote, std::abs(static_cast<double>(each.weight)) * share);
  for (const float each : forest.base) base = std::max(base, std::abs(static_cast<double>(each)));
  const double largest = base + trees * vote;
  const int exponent = largest > 0 ? std::ilogb(largest) + 1 - 30 : -30;  // largest <= 2^30 units
  const double unit = std::ldexp(1.0, exponent);
  if (!std::isnormal(static_cast<float>(unit))) return std::nullopt;
  made.unit_bits = -exponent;
  for (made.bytes = 3; made.bytes <= 4; ++made.bytes) {
    // The largest shift that leaves room for the largest vote above, and for the score's place below.
    const std::int32_t room = 32 - made.payload_bits();
    made.shift = 1;
    while (made.shift + 1 <= room - made.target_bits &&
           vote / unit < std::ldexp(1.0, 31 - (made.shift + 1)) - std::ldexp(1.0, room))
      ++made.shift;
    const double step = std::ldexp(unit, room - made.shift);
    if (largest > 0 && 0.5 * trees * step > 5e-6 * largest) continue;
    made.step = step / share;
    for (std::size_t c = 0; c < forest.base.size(); ++c) {
      const auto steps = static_cast<std::int32_t>(std::lrint(static_cast<double>(forest.base[c]) / step));
      made.base.push_back(steps * (1 << (room - made.shift)) + static_cast<std::int32_t>(forest.base.size() - 1 - c));
    }
    return made;
  }
  return std::nullopt;
}

VoteTable::VoteTable(const Forest& forest, ForestSum how)
    : fixed_(fixed_votes(forest, how)), target_bits_(bits_for_targets(forest)) {}

std::int32_t VoteTable::add(const std::vector<Forest::Vote>& leaf) {
  const auto place = static_cast<std::int32_t>(size());
  // A leaf that votes for nothing still has a word.
  const auto votes = leaf.empty() ? std::vector<Forest::Vote>{{0, 0.0F}} : leaf;
  for (std::size_t i = 0; i < votes.size(); ++i) {
    const bool last = i + 1 == votes.size();
    const std::int32_t bits = fixed_ ? 8 * fixed_->bytes : 32;
    std::uint32_t word = static_cast<std::uint32_t>(votes[i].target) << (bits - target_bits_);
    if (last) word |= std::uint32_t{1} << (bits - target_bits_ - 1);
    if (!fixed_) {
      words_.insert(words_.end(), {std::bit_cast<std::int32_t>(word), std::bit_cast<std::int32_t>(votes[i].weight)});
      continue;
    }
    word |= static_cast<std::uint32_t>(fixed_->payload(votes[i].weight)) & ((std::uint32_t{1} << fixed_->payload_bits()) - 1);
    for (std::int32_t b = 0; b < fixed_->bytes; ++b) bytes_.push_back(static_cast<std::uint8_t>(word >> (8 * b)));
  }
  return place;
}

std::vector<std::int32_t> VoteTable::add_all(const Forest& forest) {
  std::vector<std::int32_t> places(forest.leaves.size());
  for (const std::size_t leaf : leaves_by_use(forest)) places[leaf] = add(forest.leaves[leaf]);
  return places;
}

void VoteTable::describe(KernelCall& call, const Forest& forest, ForestSum how) const {
  call.flag("fixed", fixed_.has_value()).set("target_bits", target_bits_);
  if (!fixed_) {
    call.reals("base", forest.base).set("mode", static_cast<std::int64_t>(how));
    return;
  }
  call.list("base", {fixed_->base.begin(), fixed_->base.end()}).set("vote_bytes", fixed_->bytes).set("vote_shift", fixed_->shift);
  call.set("unit_bits", fixed_->unit_bits).real("unit", std::ldexp(1.0F, -fixed_->unit_bits));
}

KernelCall& VoteTable::add_to(KernelCall& call) const {
  if (!fixed_) return call.constant("votes", words_);
  std::vector<std::uint8_t> bytes = bytes_;
  bytes.resize(bytes.size() + static_cast<std::size_t>(4 - fixed_->bytes));  // words are read whole
  if (bytes.empty()) bytes = {0};
  return call.constant("votes", bytes);
}

}  // namespace mote
