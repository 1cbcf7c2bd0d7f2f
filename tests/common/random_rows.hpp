#pragma once

#include <optional>
#include <vector>

#include "common/random.hpp"
#include "graph/graph.hpp"
#include "rows/row_region.hpp"

namespace mote::test {

/// A verified int8 graph over images: convolutions, depthwise ones and pools of any window, stride, dilation and padding, sums with
/// earlier results and element by element operators, of up to `most_rows` rows.
Graph random_image_graph(std::uint32_t seed, std::int32_t most_rows = 14);

/// Any neighbouring nodes that can run by rows, with any rows at a time and more memory than needed here and there; not overlapping.
std::vector<RowRegion> random_regions(const Graph& graph, Random& random, bool fed = false);

}  // namespace mote::test
