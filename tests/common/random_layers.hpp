#pragma once

#include <string_view>
#include <vector>

#include "common/random.hpp"
#include "graph/graph.hpp"

namespace mote::test {

/// A kind of layer: one that takes a path of its own through implementations.
struct LayerFamily {
  std::string_view name;
  Graph (*make)(Random&);
};

/// Small layers of random shapes, a graph of one node each, whose outputs spread over their range. Between them they have every
/// implementation whose output may lie inside an input.
const std::vector<LayerFamily>& layer_families();

}  // namespace mote::test
