#pragma once

#include <string>

#include "select/plan.hpp"

namespace mote {

// Memories outside of the model object (MemoryPlan::outer): the object points to them. All texts are empty where there are none.

/// The memory that something of the arena lies in, as an expression within class Model: "arena_", "in_dtcm_".
std::string memory_of(const Plan& plan, std::int64_t offset);
/// Where it begins, as such an expression: "arena_ + 64".
std::string address_of(const Plan& plan, std::int64_t offset);
/// Its offset in the memory that it lies in.
std::int64_t offset_in_memory(const Plan& plan, std::int64_t offset);
/// The same, of what `offset` counts to.
std::string address_of_any(const Plan& plan);

/// A struct for each memory.
std::string declare_outer_memories(const Plan& plan);
/// Public members of class Model: all memories as one struct, constructors and attach().
std::string declare_attach(const Plan& plan);
/// Private members: the pointers.
std::string declare_outer_pointers(const Plan& plan);

std::string declare_c_outer_memories(const Plan& plan, const std::string& name);
std::string declare_c_attach(const Plan& plan, const std::string& name);
std::string define_c_attach(const Plan& plan, const std::string& name);

}  // namespace mote
