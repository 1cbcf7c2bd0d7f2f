#pragma once

#include <string>

#include "select/plan.hpp"

namespace mote {

/// NAME.cpp: tables, one descriptor per distinct kernel, Model::run() with one call per layer, and the C functions.
std::string write_source(const Plan& plan, const std::string& name);

}  // namespace mote
