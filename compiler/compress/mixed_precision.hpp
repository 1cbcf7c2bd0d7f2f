#pragma once

#include <functional>
#include <vector>

#include "compress/quality.hpp"
#include "compress/sensitivity.hpp"
#include "compress/to_integers.hpp"

namespace mote {

/// A graph made of a scheme, with what it loses against the float model (see drop_of).
struct Trial {
  Scheme scheme;
  IntegerGraph made;
  Quality quality;
  double drop = 0;
};

/// Makes and measures the graph of a choice of precisions.
using MakeTrial = std::function<Trial(const std::vector<Precision>&)>;

struct MixedPrecision {
  Trial trial;
  std::vector<std::size_t> kept;  ///< nodes that are not `uniform.scheme.nodes`, in running order
};

/// The fewest layers, the most costly first, that must be wider for the drop to hold: in int16x8 where the operator can, else
/// float. Halving finds how many, then those that turn out not to be needed go back, the cheapest first. If not even all of them
/// hold the drop, that is what is given.
MixedPrecision hold_drop(const Graph& graph, const Trial& uniform, const std::vector<LayerCost>& costs, double max_drop,
                         const MakeTrial& make);

}  // namespace mote
