#include "memory/buffer.hpp"

#include <algorithm>

namespace mote {

namespace {

/// The changes with the beginning and the end of the buffer's life.
std::vector<LiveBytes> whole_life(const Buffer& buffer) {
  std::vector<LiveBytes> changes = buffer.live;
  if (changes.empty()) changes.push_back({buffer.first, 0, buffer.bytes});
  changes.push_back({buffer.last + 1, 0, 0});
  return changes;
}

/// Calls visit(tick, bytes of a, bytes of b) wherever one changes; each is empty before it begins.
template <typename Visit>
void walk(const std::vector<LiveBytes>& a, const std::vector<LiveBytes>& b, Visit&& visit) {
  LiveBytes now_a, now_b;
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const std::int32_t tick = std::min(i < a.size() ? a[i].tick : INT32_MAX, j < b.size() ? b[j].tick : INT32_MAX);
    if (i < a.size() && a[i].tick == tick) now_a = a[i++];
    if (j < b.size() && b[j].tick == tick) now_b = b[j++];
    visit(tick, now_a, now_b);
  }
}

}  // namespace

std::int64_t least_distance(const Buffer& lower, const Buffer& upper) {
  if (lower.first > upper.last || upper.first > lower.last) return INT64_MIN;
  if (lower.live.empty() && upper.live.empty()) return lower.bytes;
  std::int64_t distance = INT64_MIN;
  walk(whole_life(lower), whole_life(upper), [&](std::int32_t, const LiveBytes& a, const LiveBytes& b) {
    if (a.low < a.high && b.low < b.high) distance = std::max(distance, a.high - b.low);
  });
  return distance;
}

std::vector<LiveBytes> joined_live(const Buffer& outer, const Buffer& inner, std::int64_t offset) {
  std::vector<LiveBytes> joined;
  if (outer.live.empty() && inner.live.empty()) return joined;
  walk(whole_life(outer), whole_life(inner), [&](std::int32_t tick, const LiveBytes& a, const LiveBytes& b) {
    LiveBytes both{tick, a.low, a.high};
    if (a.low == a.high) {
      both = {tick, b.low + offset, b.high + offset};
    } else if (b.low < b.high) {
      both = {tick, std::min(a.low, b.low + offset), std::max(a.high, b.high + offset)};
    }
    joined.push_back(both);
  });
  joined.pop_back();  // the end of both
  return joined;
}

}  // namespace mote
