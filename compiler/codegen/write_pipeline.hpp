#pragma once

#include <string>

#include "select/plan.hpp"

namespace mote {

// What a graph with a source becomes besides its Model: class Pipeline, from samples to events (device/include/mote/stream/pipeline.hpp).
// Each text is empty for a graph without one.

/// The include that the header needs, and the declarations that stand behind class Model.
std::string include_pipeline(const Plan& plan);
std::string declare_pipeline(const Plan& plan);

/// The same for C, declared and defined.
std::string declare_c_pipeline(const Plan& plan, const std::string& name);
std::string define_c_pipeline(const Plan& plan, const std::string& name);

}  // namespace mote
