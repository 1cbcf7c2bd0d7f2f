#pragma once

#include "graph/graph.hpp"

namespace mote {

/// The real numbers that an integer tensor with a scale holds.
struct RealRange {
  double lowest = 0, highest = 0;

  /// Whether the range is that from `low` to `high`, give or take a twentieth of its width.
  bool is(double low, double high) const;
};

RealRange real_range(const Tensor& tensor);

}  // namespace mote
