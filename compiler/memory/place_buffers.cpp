#include "memory/place_buffers.hpp"

#include <algorithm>
#include <numeric>

#include "support/checked.hpp"

namespace mote {

namespace {

constexpr int kSearchBudget = 20'000;
constexpr std::size_t kTwoSided = 6;

bool meet(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

class Placer {
 public:
  explicit Placer(const std::vector<Buffer>& buffers)
      : buffers_(buffers), bound_(most_live_bytes(buffers)), offsets_(buffers.size(), -1) {
    best_.total_bytes = INT64_MAX;
  }

  Placement place() {
    std::vector<std::size_t> order(buffers_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto span = [&](std::size_t i) { return buffers_[i].last - buffers_[i].first + 1; };
    const auto try_sorted = [&](auto&& before) {
      std::stable_sort(order.begin(), order.end(), before);
      place_in_order(order);
    };
    try_sorted([&](std::size_t a, std::size_t b) { return buffers_[a].bytes * span(a) > buffers_[b].bytes * span(b); });
    try_sorted([&](std::size_t a, std::size_t b) { return span(a) > span(b); });
    try_sorted([&](std::size_t a, std::size_t b) { return buffers_[a].first < buffers_[b].first; });
    try_sorted([&](std::size_t a, std::size_t b) { return buffers_[a].bytes > buffers_[b].bytes; });
    // The largest buffers from the top as well, in every combination.
    const std::uint32_t combinations = 1U << std::min<std::size_t>(buffers_.size(), kTwoSided);
    for (std::uint32_t from_top = 1; from_top < combinations && best_.total_bytes > bound_; ++from_top)
      place_in_order(order, from_top);
    if (best_.total_bytes > bound_) search(0, 0);
    return best_;
  }

 private:
  /// The n-th of the order at the highest place below the bound when bit n of `from_top` is set and there is one, else at the
  /// lowest.
  void place_in_order(const std::vector<std::size_t>& order, std::uint32_t from_top = 0) {
    std::fill(offsets_.begin(), offsets_.end(), -1);
    std::int64_t total = 0;
    for (const std::size_t i : order) {
      offsets_[i] = (from_top & 1U) != 0 ? highest_offset(i) : -1;
      from_top >>= 1;
      if (offsets_[i] < 0) offsets_[i] = lowest_offset(i);
      total = std::max(total, offsets_[i] + buffers_[i].bytes);
    }
    keep(total);
    std::fill(offsets_.begin(), offsets_.end(), -1);
  }

  /// Depth first over placement orders; a branch that cannot beat the best is cut.
  void search(std::size_t placed, std::int64_t total) {
    if (placed == buffers_.size()) return keep(total);
    std::vector<std::pair<std::int64_t, std::size_t>> candidates;
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      if (offsets_[i] >= 0) continue;
      const std::int64_t offset = lowest_offset(i);
      if (offset + buffers_[i].bytes >= best_.total_bytes) return;  // it can only move up from here
      candidates.emplace_back(offset, i);
    }
    std::stable_sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : buffers_[a.second].bytes > buffers_[b.second].bytes;
    });
    for (const auto& [offset, i] : candidates) {
      if (++visited_ > kSearchBudget || best_.total_bytes == bound_) return;
      offsets_[i] = offset;
      search(placed + 1, std::max(total, offset + buffers_[i].bytes));
      offsets_[i] = -1;
    }
  }

  /// What lies placed while buffer `i` lives, from below.
  std::vector<std::pair<std::int64_t, std::int64_t>> taken_beside(std::size_t i) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> taken;
    for (std::size_t j = 0; j < buffers_.size(); ++j) {
      if (offsets_[j] >= 0 && meet(buffers_[i], buffers_[j])) taken.emplace_back(offsets_[j], offsets_[j] + buffers_[j].bytes);
    }
    std::sort(taken.begin(), taken.end());
    return taken;
  }

  /// Negative when there is no place below the bound.
  std::int64_t highest_offset(std::size_t i) const {
    const auto taken = taken_beside(i);
    const auto from_top = [&](std::int64_t end) {
      const std::int64_t offset = end - buffers_[i].bytes;
      return offset < 0 ? -1 : offset - offset % buffers_[i].alignment;
    };
    std::int64_t offset = from_top(bound_);
    for (auto each = taken.rbegin(); each != taken.rend() && offset >= 0; ++each) {
      if (offset >= each->second) continue;  // one that begins lower may still end higher
      offset = from_top(std::min(offset + buffers_[i].bytes, each->first));
    }
    return offset;
  }

  std::int64_t lowest_offset(std::size_t i) const {
    const auto taken = taken_beside(i);
    std::int64_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (offset + buffers_[i].bytes <= begin) break;
      offset = std::max(offset, align_up(end, buffers_[i].alignment));
    }
    return offset;
  }

  void keep(std::int64_t total) {
    if (total < best_.total_bytes) best_ = {offsets_, total};
  }

  const std::vector<Buffer>& buffers_;
  std::int64_t bound_;
  std::vector<std::int64_t> offsets_;
  Placement best_;
  int visited_ = 0;
};

}  // namespace

std::int64_t most_live_bytes(const std::vector<Buffer>& buffers) {
  std::int32_t end = 0;
  for (const Buffer& each : buffers) end = std::max(end, each.last + 1);
  std::vector<std::int64_t> change(static_cast<std::size_t>(end) + 1, 0);  // of what lives, from one step to the next
  for (const Buffer& each : buffers) {
    change[static_cast<std::size_t>(each.first)] += each.bytes;
    change[static_cast<std::size_t>(each.last) + 1] -= each.bytes;
  }
  std::int64_t most = 0, live = 0;
  for (const std::int64_t each : change) most = std::max(most, live += each);
  return most;
}

Placement place_buffers(const std::vector<Buffer>& buffers) {
  if (buffers.empty()) return {};
  return Placer(buffers).place();
}

}  // namespace mote
