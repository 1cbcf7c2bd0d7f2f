#include "search/front.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

FrontPoint point(double pruned, std::int64_t flash, std::int64_t ram, double cycles, double drop) {
  return {{pruned}, {std::nullopt, std::nullopt, {flash, ram, cycles, cycles / 1e5, cycles / 1e7}}, drop};
}

std::vector<double> shares(const std::vector<Recipe>& recipes) {
  std::vector<double> result;
  for (const Recipe& recipe : recipes) result.push_back(recipe.pruned);
  return result;
}

const std::vector<FrontPoint> kPoints{point(0.0, 9000, 800, 4e6, 0.001), point(0.2, 7000, 700, 3e6, 0.008),
                                      point(0.4, 5000, 600, 2e6, 0.03), point(0.6, 3000, 500, 1e6, 0.2)};

TEST(Front, EnergyAndTimeAreLimitsLikeFlash) {
  Budget budget;
  budget.millijoules = 0.2;
  EXPECT_EQ(distance(budget, kPoints[2].plan.cost), 0);
  EXPECT_NEAR(distance(budget, kPoints[1].plan.cost), 0.5, 1e-9);
  budget.milliseconds = 15;
  EXPECT_NEAR(distance(budget, kPoints[1].plan.cost), 1.5, 1e-9);
  const SearchAim aim{budget, 0.01, SearchGoal::kAccuracy};
  const auto missed = shortfalls(aim, kPoints);
  ASSERT_EQ(missed.size(), 2U);
  EXPECT_EQ(missed[0], "latency: 30 ms is the least of the models that keep to the drop; 15 asked");
  EXPECT_EQ(missed[1], "energy: 0.3 mJ is the least of the models that keep to the drop; 0.2 asked");
}

TEST(Front, TheBestIsTheNearestThenTheGoals) {
  EXPECT_EQ(best_first({{}, 0.01, SearchGoal::kAccuracy}, kPoints)[0].recipe.pruned, 0.0);
  EXPECT_EQ(best_first({{}, 0.01, SearchGoal::kLatency}, kPoints)[0].recipe.pruned, 0.2);
  Budget budget;
  budget.flash_bytes = 5500;
  EXPECT_EQ(best_first({budget, std::nullopt, SearchGoal::kAccuracy}, kPoints)[0].recipe.pruned, 0.4);
}

TEST(Front, OneThatIsBeatenIsNotInIt) {
  std::vector<FrontPoint> points = kPoints;
  points.push_back(point(0.9, 7000, 700, 3e6, 0.009));
  EXPECT_EQ(front_of(points).size(), kPoints.size());
}

TEST(WorthTraining, IsWhatWouldBeTheBestAndIsNotTooFarOff) {
  // 0.2 keeps to the drop already, 0.6 has lost too much.
  EXPECT_EQ(shares(worth_training({{}, 0.01, SearchGoal::kFlash}, kPoints, 0.05)), (std::vector<double>{0.4}));
  EXPECT_EQ(shares(worth_training({{}, 0.05, SearchGoal::kFlash}, kPoints, 0.05)), (std::vector<double>{0.6}));
  Budget budget;
  budget.ram_bytes = 700;
  EXPECT_EQ(shares(worth_training({budget, std::nullopt, SearchGoal::kAccuracy}, kPoints, 0.0)),
            (std::vector<double>{0.2, 0.4, 0.6}));
}

}  // namespace
}  // namespace mote::test
