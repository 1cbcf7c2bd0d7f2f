#pragma once

#include <string>

#include "codegen/tables.hpp"
#include "select/plan.hpp"

namespace mote {

/// Whether the model keeps state from one inference to the next.
bool has_state(const Graph& graph);

/// The bytes that Model::save() writes: the model's hash, all lasting state and a checksum; 0 where no state lasts.
std::int64_t lasting_bytes(const Plan& plan);

/// Whether a layer learns on the device.
bool learns(const Plan& plan);

/// Declarations in class Model: restart(), reset(), and where they mean something save(), restore() and teach().
std::string declare_state_functions(const Plan& plan);

/// Their definitions; `tables` takes what states begin with.
std::string define_state_functions(const Plan& plan, Tables& tables);

/// Their twins for C, declared and defined.
std::string declare_c_state_functions(const Plan& plan, const std::string& name);
std::string define_c_state_functions(const Plan& plan, const std::string& name);

}  // namespace mote
