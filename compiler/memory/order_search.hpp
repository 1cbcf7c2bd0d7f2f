#pragma once

#include <cstdint>
#include <vector>

#include "memory/order_model.hpp"

namespace mote {

/// Neighbouring nodes that run after all before them and before all behind them, whatever the order.
struct Segment {
  std::size_t begin = 0, end = 0;
  std::size_t size() const { return end - begin; }
};

/// What is sought: a peak below `too_much`; all at or below `enough` are as good as each other.
struct PeakLimits {
  std::int64_t enough = 0, too_much = 0;
};

struct SegmentOrder {
  std::vector<std::size_t> nodes;  ///< of the model; empty: no order within the limits was found
  std::int64_t peak_bytes = 0;     ///< at least `enough`
  bool proven = false;             ///< no order has a lower peak, or none is within the limits
};

/// The order of a segment's nodes with the lowest peak: the cheapest way, by its peak, from the set of no nodes to the set of
/// all, or a beam of such ways when `work` (nodes looked at, of which what is left comes back) would not do.
SegmentOrder search_order(const OrderModel& model, Segment segment, PeakLimits limits, std::int64_t& work);

}  // namespace mote
