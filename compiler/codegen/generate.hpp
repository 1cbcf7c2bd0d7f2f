#pragma once

#include <string>

#include "select/plan.hpp"
#include "support/files.hpp"

namespace mote {

/// The C++ library of a plan: NAME.hpp, NAME.cpp, NAME.h (C functions), CMakeLists.txt and the device headers it uses under
/// mote/. `name` is the namespace and must be a C identifier (see `identifier`). The same plan gives the same bytes.
FileSet generate_library(const Plan& plan, const std::string& name);

/// `text` turned into a C identifier that is no keyword: "kws-v2" -> "kws_v2".
std::string identifier(std::string_view text);

/// Error unless `name` can be a namespace.
void require_identifier(std::string_view name);

/// A hash of all that decides the model's answers.
std::uint64_t model_hash(const Graph& graph);

}  // namespace mote
