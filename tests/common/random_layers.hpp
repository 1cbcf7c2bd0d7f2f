#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/random.hpp"
#include "graph/graph.hpp"

namespace mote::test {

/// A kind of layer: one that takes a path of its own through implementations.
struct LayerFamily {
  std::string name;
  std::function<Graph(Random&)> make;
};

/// Small layers of random shapes, a graph of one node each, whose outputs spread over their range: of each operator whose output
/// may lie inside an input. Some draws are refused with an Error.
const std::vector<LayerFamily>& layer_families();

}  // namespace mote::test
