#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// What the end of a pipeline gives.
struct Decision {
  std::vector<TensorId> outputs;   ///< the event, and what it was judged by
  std::vector<std::string> names;  ///< of events
};

/// What `[decision]` says of events, but not which scores make them.
struct DecisionSettings {
  std::vector<std::string> names;
  std::vector<float> on, off;  ///< one for each score; empty where the file gives none
  std::int32_t average = 1, debounce = 1, refractory = 0, vote = 0;
};

/// `scores`: how many. `fitted`: a threshold for where the section says none.
DecisionSettings read_decision(Section& section, std::size_t scores, double runs_per_second, std::optional<float> fitted);

/// `[decision]`: the value, as scores, becomes events. `fallback_names`: where the section gives none.
Decision build_decision(PipelineBuilder& builder, Section& section, std::optional<float> fitted,
                        const std::vector<std::string>& fallback_names);

}  // namespace mote
