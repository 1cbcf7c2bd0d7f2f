#pragma once

#include <string>

#include "select/plan.hpp"

namespace mote {

/// NAME.h: the model for C firmware, as functions over a struct that holds its memory.
std::string write_c_header(const Plan& plan, const std::string& name);

/// The definitions of those functions, for NAME.cpp.
std::string write_c_functions(const Plan& plan, const std::string& name);

}  // namespace mote
