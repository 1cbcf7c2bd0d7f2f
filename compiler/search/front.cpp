#include "search/front.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

#include <fmt/format.h>

namespace mote {

namespace {

bool beats(const FrontPoint& a, const FrontPoint& b) {
  const auto numbers = [](const FrontPoint& point) {
    return std::array<double, 4>{point.drop, static_cast<double>(point.plan.cost.flash_bytes),
                                 static_cast<double>(point.plan.cost.ram_bytes), point.plan.cost.cycles};
  };
  const auto of_a = numbers(a);
  const auto of_b = numbers(b);
  bool better = false;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    if (of_a[i] > of_b[i]) return false;
    better = better || of_a[i] < of_b[i];
  }
  return better;
}

/// What the goal wants least of.
double wanted_least(SearchGoal goal, const FrontPoint& point) {
  switch (goal) {
    case SearchGoal::kAccuracy:
      return point.drop;
    case SearchGoal::kFlash:
      return static_cast<double>(point.plan.cost.flash_bytes);
    case SearchGoal::kRam:
      return static_cast<double>(point.plan.cost.ram_bytes);
    case SearchGoal::kLatency:
      return point.plan.cost.cycles;
  }
  return 0;
}

/// First things first.
std::array<double, 4> rank(SearchGoal goal, const FrontPoint& point) {
  return {wanted_least(goal, point), point.drop, static_cast<double>(point.plan.cost.flash_bytes), point.plan.cost.cycles};
}

double excess(double most, double taken) { return std::max(0.0, taken / most - 1); }

double excess_drop(const SearchAim& aim, double drop) {
  if (keeps_drop(aim, drop)) return 0;
  return std::max(drop - *aim.max_drop, 1e-4) / std::max(*aim.max_drop, 1e-3);
}

}  // namespace

std::vector<FrontPoint> front_of(const std::vector<FrontPoint>& points) {
  std::vector<FrontPoint> front;
  for (const FrontPoint& point : points) {
    if (std::none_of(points.begin(), points.end(), [&](const FrontPoint& other) { return beats(other, point); }))
      front.push_back(point);
  }
  std::stable_sort(front.begin(), front.end(), [](const FrontPoint& a, const FrontPoint& b) {
    return std::tuple(a.drop, -a.plan.cost.flash_bytes) < std::tuple(b.drop, -b.plan.cost.flash_bytes);
  });
  return front;
}

double distance(const Budget& budget, const Cost& cost) {
  double sum = 0;
  for (const Limit& limit : limits_of(budget)) {
    if (limit.most) sum += excess(*limit.most, limit.taken(cost));
  }
  return sum;
}

std::vector<FrontPoint> best_first(const SearchAim& aim, std::vector<FrontPoint> points) {
  const auto key = [&](const FrontPoint& point) {
    return std::pair(distance(aim.budget, point.plan.cost) + excess_drop(aim, point.drop), rank(aim.goal, point));
  };
  std::stable_sort(points.begin(), points.end(), [&](const FrontPoint& a, const FrontPoint& b) { return key(a) < key(b); });
  return points;
}

std::vector<Recipe> worth_training(const SearchAim& aim, const std::vector<FrontPoint>& points, double slack) {
  // Training wins back about three quarters of a drop.
  constexpr double kWonBack = 4, kWonBackAtLeast = 0.03;
  const double most_drop = aim.max_drop ? std::max(kWonBack * *aim.max_drop, *aim.max_drop + kWonBackAtLeast)
                                        : std::numeric_limits<double>::infinity();
  double best = std::numeric_limits<double>::infinity();
  if (aim.goal != SearchGoal::kAccuracy) {
    for (const FrontPoint& point : points) {
      if (distance(aim.budget, point.plan.cost) == 0 && keeps_drop(aim, point.drop))
        best = std::min(best, wanted_least(aim.goal, point));
    }
  }
  std::vector<FrontPoint> candidates;
  for (const FrontPoint& point : points) {
    const bool near = distance(aim.budget, point.plan.cost) <= slack && point.drop > 0 && point.drop <= most_drop;
    if (near && (aim.goal == SearchGoal::kAccuracy || wanted_least(aim.goal, point) < best)) candidates.push_back(point);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const FrontPoint& a, const FrontPoint& b) { return rank(aim.goal, a) < rank(aim.goal, b); });
  std::vector<Recipe> recipes;
  for (const FrontPoint& point : candidates) {
    if (std::find(recipes.begin(), recipes.end(), point.recipe) == recipes.end()) recipes.push_back(point.recipe);
  }
  return recipes;
}

std::vector<std::string> shortfalls(const SearchAim& aim, const std::vector<FrontPoint>& points) {
  std::vector<std::string> result;
  const bool any =
      std::any_of(points.begin(), points.end(), [&](const FrontPoint& point) { return keeps_drop(aim, point.drop); });
  const std::string of_those = !aim.max_drop ? ""
                               : any         ? " of the models that keep to the drop"
                                             : " of all models, whatever they lose";
  for (const Limit& limit : limits_of(aim.budget)) {
    double least = std::numeric_limits<double>::infinity();
    for (const FrontPoint& point : points) {
      if (!any || keeps_drop(aim, point.drop)) least = std::min(least, limit.taken(point.plan.cost));
    }
    if (limit.most && least > *limit.most)
      result.push_back(fmt::format("{}: {} {} is the least{}; {} asked", limit.name, limit.shown(least), limit.unit, of_those,
                                   limit.shown(*limit.most)));
  }
  if (!any) {
    const auto least =
        std::min_element(points.begin(), points.end(), [](const FrontPoint& a, const FrontPoint& b) { return a.drop < b.drop; });
    result.push_back(
        fmt::format("drop: {:.2f} % is the least of all models; {:.2f} % asked", 100 * least->drop, 100 * *aim.max_drop));
  }
  return result;
}

}  // namespace mote
