#pragma once

#include <string>
#include <vector>

#include "select/plan.hpp"

namespace mote {

/// A plan to choose, and the options of `mote compile` that give it, besides those that led here.
struct PlanChoice {
  Plan plan;
  std::string options;
};

/// The front of plans within the options, the fastest first. Behind it, where the model can be fed row by row, plans of that kind
/// that take less RAM than any other.
std::vector<PlanChoice> find_choices(const Graph& graph, const Target& target, const SelectionOptions& options);

}  // namespace mote
