#pragma once

#include <string>

#include "select/plan.hpp"

namespace mote {

/// NAME.hpp: constants, a description of each input and output, and class Model.
std::string write_header(const Plan& plan, const std::string& name);

/// A float so that it reads back as the same number: "0.0245F".
std::string float_literal(float value);

/// What a comment may hold of a name: printable characters that neither end nor continue it.
std::string printable(std::string_view text);

std::string upper_case(std::string text);

}  // namespace mote
