#pragma once

#include <optional>
#include <vector>

#include "compress/calibrate.hpp"
#include "search/journal.hpp"

namespace mote {

/// Plans of a graph from the smallest to the fastest, with what lies between, and one at the budget's flash; all within its RAM
/// if that can be. Rising flash.
std::vector<PlannedCost> trade_offs(const Graph& graph, const Target& target, const Budget& budget);

/// A library as it was built and run on the emulated board.
struct MeasuredLibrary {
  Plan plan;
  PlannedCost limits;  ///< what selection was held to, and what the library takes
  bool held = false;   ///< it keeps to the budget
};

/// Measures the library of one of `trade_offs`, and tightens what selection is held to until the budget holds, or cannot.
MeasuredLibrary hold_to_budget(const Graph& graph, const Target& target, const Budget& budget, const PlannedCost& start,
                               const QuantizeProgress& progress);

}  // namespace mote
