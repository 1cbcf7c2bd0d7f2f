#pragma once

#include "emulate/run_model.hpp"
#include "select/tuning.hpp"

namespace mote {

struct TuneResult {
  std::size_t measured = 0;  ///< kernel calls with a figure of this run
  std::string unit;          ///< "cycles (est.)", or "instructions" where the target has no cycle model
  std::vector<std::string> notes;
};

/// Measures on the emulated board what every implementation of every layer costs, on a fixed input, and adds it to the tuning.
/// All layers take their n-th implementation in the n-th run, so a model takes as many runs as its richest layer has
/// implementations. Error when the target is not emulated.
TuneResult tune_model(const Graph& graph, const Target& target, Tuning& tuning, const Progress& progress = {});

}  // namespace mote
