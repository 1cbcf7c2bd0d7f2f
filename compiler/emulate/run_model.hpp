#pragma once

#include <vector>

#include "emulate/emulator.hpp"
#include "ops/evaluate.hpp"
#include "select/plan.hpp"

namespace mote {

/// One inference to run.
struct Inference {
  std::vector<Bytes> inputs;
  bool reset_before = false;  ///< state is forgotten first
  StateEvents events = {};
};

/// How the library is built for a run.
struct BuildOptions {
  std::string cmsis_nn;                ///< the folder of CMSIS-NN, if the plan calls it; see find_cmsis_nn
  std::vector<std::string> cxx_flags;  ///< for the compiler of the model, after mote's own: "-Os"
};

struct RunResult {
  std::vector<std::vector<Bytes>> outputs;  ///< [inference][output]
  EmulationResult measured;                 ///< empty for the reference target; its outputs have moved to `outputs`
};

/// Generates the plan's library, builds it for the plan's target and runs the inferences there in order, on one model object. On
/// the target "reference" nothing is built: the operators' reference evaluation runs. `profile` counts instructions. With more
/// `lanes` than one, parts of the inferences run side by side on objects of their own, cut where the model keeps no state.
RunResult run_model(const Plan& plan, const std::vector<Inference>& inferences, bool profile, const Progress& progress = {},
                    const BuildOptions& build = {}, std::size_t lanes = 1);

}  // namespace mote
