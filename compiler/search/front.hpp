#pragma once

#include <string>
#include <vector>

#include "search/journal.hpp"
#include "search/recipe.hpp"

namespace mote {

/// What is wanted of the models that keep to budget and drop.
enum class SearchGoal : std::uint8_t { kAccuracy, kFlash, kRam, kLatency };

/// What a search is for.
struct SearchAim {
  Budget budget{};
  std::optional<double> max_drop{};  ///< see drop_of
  SearchGoal goal = SearchGoal::kAccuracy;
};

/// A model in one size: what its plan costs, and what it loses.
struct FrontPoint {
  Recipe recipe;
  PlannedCost plan;
  double drop = 0;
};

/// Those that no other beats in flash, RAM, cycles and drop at once: rising drop, then falling flash.
std::vector<FrontPoint> front_of(const std::vector<FrontPoint>& points);

inline bool keeps_drop(const SearchAim& aim, double drop) { return !aim.max_drop || drop <= *aim.max_drop; }

/// How far a cost is from the budget, in shares of its limits; 0 when it keeps to it.
double distance(const Budget& budget, const Cost& cost);

/// Points from the best for the aim on: the nearest to budget and drop first, then by the goal.
std::vector<FrontPoint> best_first(const SearchAim& aim, std::vector<FrontPoint> points);

/// Models whose drop training could bring down to what is allowed, or further, and that would then be the best by the goal, the
/// best first; each once. A model may be over the budget by `slack`, a share of it.
std::vector<Recipe> worth_training(const SearchAim& aim, const std::vector<FrontPoint>& points, double slack);

/// Which limits no point can keep alone, with the least that any that keeps to the drop takes.
std::vector<std::string> shortfalls(const SearchAim& aim, const std::vector<FrontPoint>& points);

}  // namespace mote
