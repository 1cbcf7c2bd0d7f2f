#pragma once

#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// A setting of a step, for its help.
struct StepOption {
  std::string_view name, help;
};

/// A kind of `[[features]]`: its word in `op`, and how it goes on building from what flows.
struct StepKind {
  std::string_view name, help;
  std::vector<StepOption> options;
  void (*build)(PipelineBuilder&, Section&);
};

/// All of them, in the order of the alphabet.
const std::vector<StepKind>& all_steps();

/// Builds the step that the section's `op` names. Error: what the section says wrong, or what the step cannot take.
void build_step(PipelineBuilder& builder, Section& section);

}  // namespace mote
