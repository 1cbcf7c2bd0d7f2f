#pragma once

#include <string>
#include <vector>

#include "advise/choices.hpp"
#include "report/report.hpp"

namespace mote {

/// Plans to choose from, the fastest first: a line for each with its RAM, cycles (and milliseconds where the target has a clock),
/// how much slower than the first, flash, how many layers run by rows, and the options.
std::string front_text(const std::vector<PlanChoice>& choices);
Json front_json(const std::vector<PlanChoice>& choices);

/// Layers that run a few rows at a time.
std::size_t layers_by_rows(const Plan& plan);
/// "12.3 ms" where the target has a clock, else "1,234,567 cycles".
std::string time_text(double cycles, const Target& target);

}  // namespace mote
