#include "memory/order_search.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace mote {

namespace {

/// Nodes of the segment, a bit each.
using NodeSet = std::vector<std::uint64_t>;

struct HashOfSet {
  std::size_t operator()(const NodeSet& set) const {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const std::uint64_t word : set) hash = (hash ^ word ^ (word >> 29)) * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(hash ^ (hash >> 32));
  }
};

/// A set of nodes that have run, and the way there.
struct Way {
  NodeSet ran;
  std::int64_t peak = 0, live = 0;
  std::size_t count = 0;
  std::int32_t from = -1;  ///< index of the way that this one continues
  std::size_t node = 0;    ///< by this node
};

class Search {
 public:
  Search(const OrderModel& model, Segment segment, PeakLimits limits, std::int64_t& work)
      : segment_(segment), limits_(limits), work_(work), run_(model) {
    for (std::size_t i = 0; i < segment.begin; ++i) run_.run(i);
    ways_.push_back({NodeSet((segment.size() + 63) / 64, 0), std::max(limits.enough, run_.live_bytes()), run_.live_bytes()});
    here_ = ways_[0].ran;
  }

  SegmentOrder find() {
    const std::int64_t for_beam = work_ / 2;
    if (const auto exact = search(for_beam)) return *exact;
    ways_.resize(1);
    return beam();
  }

 private:
  /// Lowest peaks first, and of those the longest ways. Nothing when less than `reserve` work is left.
  std::optional<SegmentOrder> search(std::int64_t reserve) {
    using Entry = std::tuple<std::int64_t, std::size_t, std::size_t>;  // peak, nodes that have not run, way
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    std::unordered_map<NodeSet, std::int64_t, HashOfSet> least;  // peak by set
    open.emplace(ways_[0].peak, segment_.size(), 0);
    while (!open.empty()) {
      const std::size_t index = std::get<2>(open.top());
      open.pop();
      if (ways_[index].count == segment_.size()) return order_of(index, true);
      if (const auto known = least.find(ways_[index].ran); known != least.end() && known->second < ways_[index].peak) continue;
      if (work_ < reserve || ways_.size() > kMostWays) return std::nullopt;
      for (Way& next : continued(index)) {
        const auto [known, is_new] = least.try_emplace(next.ran, next.peak);
        if (!is_new && known->second <= next.peak) continue;
        known->second = next.peak;
        open.emplace(next.peak, segment_.size() - next.count, ways_.size());
        ways_.push_back(std::move(next));
      }
    }
    return SegmentOrder{{}, limits_.too_much, true};
  }

  /// The best few ways of each length.
  SegmentOrder beam() {
    std::vector<std::size_t> front{0};
    for (std::size_t count = 0; count < segment_.size() && !front.empty(); ++count) {
      const std::int64_t share = work_ / static_cast<std::int64_t>(segment_.size() - count);
      std::vector<Way> next;
      std::unordered_map<NodeSet, std::size_t, HashOfSet> place;
      const std::int64_t until = work_ - share;
      for (const std::size_t index : front) {
        if (work_ < until && !next.empty()) break;
        for (Way& way : continued(index)) {
          const auto [known, is_new] = place.try_emplace(way.ran, next.size());
          if (is_new)
            next.push_back(std::move(way));
          else if (way.peak < next[known->second].peak)
            next[known->second] = std::move(way);
        }
      }
      std::stable_sort(next.begin(), next.end(),
                       [](const Way& a, const Way& b) { return std::pair(a.peak, a.live) < std::pair(b.peak, b.live); });
      next.resize(std::min(next.size(), kBeam));
      front.clear();
      for (Way& way : next) {
        front.push_back(ways_.size());
        ways_.push_back(std::move(way));
      }
      for (Way& way : ways_) {
        if (way.count < count) NodeSet().swap(way.ran);
      }
    }
    return front.empty() ? SegmentOrder{{}, limits_.too_much, false} : order_of(front[0], false);
  }

  /// The way by one node more, for each node that can run and keeps below the limit. Only one where a node raises no peak and
  /// leaves no more alive than before: whatever comes later, nothing is better than to run it now.
  std::vector<Way> continued(std::size_t index) {
    move_to(ways_[index].ran);
    const Way& way = ways_[index];
    std::vector<Way> list;
    for (std::size_t node = segment_.begin; node < segment_.end; ++node) {
      if (!run_.ready(node)) continue;
      --work_;
      const std::int64_t peak = std::max(way.peak, run_.bytes_during(node));
      if (peak >= limits_.too_much) continue;
      run_.run(node);
      const std::int64_t live = run_.live_bytes();
      run_.undo(node);
      Way next{way.ran, peak, live, way.count + 1, static_cast<std::int32_t>(index), node};
      const std::size_t bit = node - segment_.begin;
      next.ran[bit / 64] |= std::uint64_t{1} << (bit % 64);
      const bool is_free = peak == way.peak && live <= way.live;
      if (is_free) list.clear();
      list.push_back(std::move(next));
      if (is_free) break;
    }
    return list;
  }

  void move_to(const NodeSet& set) {
    for (std::size_t word = 0; word < set.size(); ++word) {
      for (std::uint64_t change = set[word] ^ here_[word]; change != 0; change &= change - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(change));
        const std::size_t node = segment_.begin + word * 64 + bit;
        if (run_.has(node))
          run_.undo(node);
        else
          run_.run(node);
        --work_;
      }
    }
    here_ = set;
  }

  SegmentOrder order_of(std::size_t index, bool proven) const {
    SegmentOrder order{{}, ways_[index].peak, proven};
    for (auto at = static_cast<std::int32_t>(index); ways_[static_cast<std::size_t>(at)].from >= 0;
         at = ways_[static_cast<std::size_t>(at)].from)
      order.nodes.push_back(ways_[static_cast<std::size_t>(at)].node);
    std::reverse(order.nodes.begin(), order.nodes.end());
    return order;
  }

  static constexpr std::size_t kBeam = 64, kMostWays = 100'000;

  const Segment segment_;
  const PeakLimits limits_;
  std::int64_t& work_;
  RunNodes run_;
  NodeSet here_;  // of the segment: what has run in run_
  std::vector<Way> ways_;
};

}  // namespace

SegmentOrder search_order(const OrderModel& model, Segment segment, PeakLimits limits, std::int64_t& work) {
  return Search(model, segment, limits, work).find();
}

}  // namespace mote
