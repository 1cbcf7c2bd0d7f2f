#include "memory/place_buffers.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "support/checked.hpp"

namespace mote {

namespace {

constexpr std::size_t kTwoSided = 6;
constexpr std::size_t kMostToSearch = 16;
constexpr int kTurnsWithoutGain = 120;
constexpr int kSearchSteps = 20'000;

/// A buffer that another must keep away from: it begins at most `before` below, or at least `behind` above the other's start.
struct Neighbor {
  std::size_t buffer = 0;
  std::int64_t before = 0, behind = 0;
};

/// By buffer: those that live at the same time.
std::vector<std::vector<Neighbor>> find_neighbors(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close) {
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> closer;
  for (const Closeness& each : close) closer[{each.lower, each.upper}] = each.bytes;
  const auto distance = [&](std::size_t lower, std::size_t upper) {
    const auto found = closer.find({lower, upper});
    return found != closer.end() ? found->second : least_distance(buffers[lower], buffers[upper]);
  };
  std::vector<std::size_t> by_first(buffers.size());
  std::iota(by_first.begin(), by_first.end(), 0);
  std::stable_sort(by_first.begin(), by_first.end(), [&](std::size_t a, std::size_t b) { return buffers[a].first < buffers[b].first; });
  std::vector<std::vector<Neighbor>> neighbors(buffers.size());
  for (std::size_t i = 0; i < by_first.size(); ++i) {
    const std::size_t a = by_first[i];
    for (std::size_t k = i + 1; k < by_first.size() && buffers[by_first[k]].first <= buffers[a].last; ++k) {
      const std::size_t b = by_first[k];
      if (least_distance(buffers[a], buffers[b]) == INT64_MIN) continue;
      const std::int64_t a_below = distance(a, b), b_below = distance(b, a);
      neighbors[a].push_back({b, a_below, b_below});
      neighbors[b].push_back({a, b_below, a_below});
    }
  }
  return neighbors;
}

class Placer {
 public:
  Placer(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close, int turns)
      : buffers_(buffers), neighbors_(find_neighbors(buffers, close)), bound_(most_live_bytes(buffers, close)), turns_(turns), offsets_(buffers.size(), -1) {
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
    try_sorted([&](std::size_t a, std::size_t b) { return buffers_[a].first > buffers_[b].first; });
    try_sorted([&](std::size_t a, std::size_t b) { return buffers_[a].bytes > buffers_[b].bytes; });
    // The largest buffers from the top as well, in every combination.
    const std::uint32_t combinations = 1U << std::min<std::size_t>(buffers_.size(), kTwoSided);
    for (std::uint32_t from_top = 1; from_top < combinations && best_.total_bytes > bound_; ++from_top)
      place_in_order(order, from_top);
    if (best_.total_bytes > bound_) improve();
    if (best_.total_bytes > bound_ && buffers_.size() <= kMostToSearch) search(0, 0);
    return best_;
  }

 private:
  /// The n-th of the order at the highest place below the bound when bit n of `from_top` is set and there is one, else at the
  /// lowest.
  std::int64_t place_in_order(const std::vector<std::size_t>& order, std::uint32_t from_top = 0) {
    std::fill(offsets_.begin(), offsets_.end(), -1);
    std::int64_t total = 0;
    for (const std::size_t i : order) {
      offsets_[i] = (from_top & 1U) != 0 ? highest_offset(i) : -1;
      from_top >>= 1;
      if (offsets_[i] < 0) offsets_[i] = lowest_offset(i);
      total = std::max(total, offsets_[i] + buffers_[i].bytes);
    }
    last_ = offsets_;
    if (total < best_.total_bytes) best_order_ = order, current_ = offsets_;
    keep(total);
    std::fill(offsets_.begin(), offsets_.end(), -1);
    return total;
  }

  /// What reaches to the top comes earlier, as long as that is no step back.
  void improve() {
    std::vector<std::size_t> order = best_order_;
    std::int64_t reached = best_.total_bytes;
    std::uint32_t random = 1;
    const auto below = [&](std::size_t n) {
      random = random * 1664525U + 1013904223U;
      return (random >> 8) % static_cast<std::uint32_t>(n);
    };
    for (int turn = 0, since = 0; turn < turns_ && since < std::max(kTurnsWithoutGain, turns_ / 4) && best_.total_bytes > bound_; ++turn, ++since) {
      std::vector<std::size_t> tried = order;
      std::vector<std::size_t> highest;  // places in the order
      for (std::size_t k = 0; k < tried.size(); ++k) {
        if (current_[tried[k]] + buffers_[tried[k]].bytes == reached) highest.push_back(k);
      }
      const std::size_t from = !highest.empty() && below(4) != 0 ? highest[below(highest.size())] : below(tried.size());
      const std::size_t to = below(from + 1);
      std::rotate(tried.begin() + static_cast<std::ptrdiff_t>(to), tried.begin() + static_cast<std::ptrdiff_t>(from), tried.begin() + static_cast<std::ptrdiff_t>(from) + 1);
      const std::int64_t total = place_in_order(tried);
      if (total > reached) continue;
      if (total < reached) since = 0;
      reached = total;
      order = std::move(tried);
      current_ = last_;
    }
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
      if (++visited_ > kSearchSteps || best_.total_bytes == bound_) return;
      offsets_[i] = offset;
      search(placed + 1, std::max(total, offset + buffers_[i].bytes));
      offsets_[i] = -1;
    }
  }

  /// Where buffer `i` must not begin: between these pairs, both exclusive, because of what lies placed; from below.
  std::vector<std::pair<std::int64_t, std::int64_t>> blocked_for(std::size_t i) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> blocked;
    for (const Neighbor& each : neighbors_[i]) {
      if (offsets_[each.buffer] < 0) continue;
      const std::int64_t begin = offsets_[each.buffer] - each.before, end = offsets_[each.buffer] + each.behind;
      if (begin < end) blocked.emplace_back(begin, end);
    }
    std::sort(blocked.begin(), blocked.end());
    return blocked;
  }

  /// Negative when there is no place below the bound.
  std::int64_t highest_offset(std::size_t i) const {
    const auto aligned = [&](std::int64_t offset) { return offset < 0 ? -1 : offset - offset % buffers_[i].alignment; };
    auto blocked = blocked_for(i);
    std::sort(blocked.begin(), blocked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::int64_t offset = aligned(bound_ - buffers_[i].bytes);
    for (const auto& [begin, end] : blocked) {
      if (offset < end && offset > begin) offset = aligned(begin);
      if (offset < 0) break;
    }
    return offset >= 0 && fits(offset, blocked) ? offset : -1;
  }

  static bool fits(std::int64_t offset, const std::vector<std::pair<std::int64_t, std::int64_t>>& blocked) {
    return std::none_of(blocked.begin(), blocked.end(), [&](const auto& each) { return offset > each.first && offset < each.second; });
  }

  std::int64_t lowest_offset(std::size_t i) const {
    std::int64_t offset = 0;
    for (const auto& [begin, end] : blocked_for(i)) {
      if (offset > begin && offset < end) offset = align_up(end, buffers_[i].alignment);
    }
    return offset;
  }

  void keep(std::int64_t total) {
    if (total < best_.total_bytes) best_ = {offsets_, total};
  }

  const std::vector<Buffer>& buffers_;
  std::vector<std::vector<Neighbor>> neighbors_;
  std::int64_t bound_;
  int turns_;
  std::vector<std::int64_t> offsets_;
  Placement best_;
  std::vector<std::size_t> best_order_;
  std::vector<std::int64_t> current_, last_;  // offsets of the order that improve() goes on from, and of the last one tried
  int visited_ = 0;
};

}  // namespace

std::vector<std::int64_t> live_bytes_by_tick(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close) {
  std::int32_t end = 0;
  for (const Buffer& each : buffers) end = std::max(end, each.last + 1);
  std::vector<std::int64_t> live(static_cast<std::size_t>(end) + 1, 0);  // at first: changes from one tick to the next
  for (const Buffer& each : buffers) {
    std::int64_t lives = 0;
    const auto becomes = [&](std::int32_t tick, std::int64_t bytes) { live[static_cast<std::size_t>(tick)] += bytes - lives, lives = bytes; };
    if (each.live.empty()) becomes(each.first, each.bytes);
    for (const LiveBytes& now : each.live) becomes(now.tick, now.high - now.low);
    becomes(each.last + 1, 0);
  }
  for (const Closeness& each : close) {
    const Buffer& lower = buffers[each.lower];
    const Buffer& upper = buffers[each.upper];
    const std::int64_t both = std::max(std::max<std::int64_t>(each.bytes, 0) + upper.bytes, lower.bytes);
    const std::int64_t shared = lower.bytes + upper.bytes - both;
    live[static_cast<std::size_t>(lower.first)] -= shared;
    live[static_cast<std::size_t>(lower.first) + 1] += shared;
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  return live;
}

std::int64_t most_live_bytes(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close) {
  const std::vector<std::int64_t> live = live_bytes_by_tick(buffers, close);
  return *std::max_element(live.begin(), live.end());
}

Placement place_buffers(const std::vector<Buffer>& buffers, const std::vector<Closeness>& close, int turns) {
  if (buffers.empty()) return {};
  return Placer(buffers, close, turns).place();
}

}  // namespace mote
