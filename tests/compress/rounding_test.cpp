#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/rounding.hpp"

namespace mote::test {
namespace {

/// Activations that go up and down together, so that errors of several weights add up or cancel.
RoundingProblem correlated_problem(std::size_t taps, std::size_t channels, std::uint32_t seed) {
  Random random(seed);
  RoundingProblem problem;
  problem.patches = 600;
  problem.taps = taps;
  problem.channels = channels;
  problem.weights = random_floats(random, taps * channels);
  problem.scales.assign(channels, 0.05F);
  const std::vector<float> mixing = random_floats(random, taps * 3);
  for (std::size_t p = 0; p < problem.patches; ++p) {
    const std::vector<float> causes = random_floats(random, 3);
    for (std::size_t t = 0; t < taps; ++t) {
      float value = 0.1F * random.fraction() + 0.5F;
      for (std::size_t i = 0; i < 3; ++i) value += causes[i] * mixing[t * 3 + i];
      problem.activations.push_back(value);
    }
    for (std::size_t c = 0; c < channels; ++c) {
      float sum = 0;
      for (std::size_t t = 0; t < taps; ++t) sum += problem.weights[c * taps + t] * problem.activations[p * taps + t];
      problem.targets.push_back(sum);
    }
  }
  return problem;
}

/// Mean square of the errors around their mean, over all patches.
double loss_of(const RoundingProblem& problem, const std::vector<std::int8_t>& codes) {
  double sum = 0;
  double square = 0;
  for (std::size_t p = 0; p < problem.patches; ++p) {
    double error = -static_cast<double>(problem.targets[p]);
    for (std::size_t t = 0; t < problem.taps; ++t)
      error += static_cast<double>(problem.scales[0]) * codes[t] * static_cast<double>(problem.activations[p * problem.taps + t]);
    sum += error;
    square += error * error;
  }
  const auto n = static_cast<double>(problem.patches);
  return square / n - sum / n * sum / n;
}

TEST(LearnRounding, LowersTheErrorOnDataItHasNotSeen) {
  const RoundingResult result = learn_rounding(correlated_problem(36, 8, 1));
  EXPECT_LT(result.learned_error, 0.5 * result.nearest_error);
}

TEST(LearnRounding, TakesTheIntegerAboveOrBelow) {
  const RoundingProblem problem = correlated_problem(20, 4, 2);
  const RoundingResult result = learn_rounding(problem);
  for (std::size_t i = 0; i < result.codes.size(); ++i) {
    const float exact = problem.weights[i] / problem.scales[0];
    EXPECT_LT(std::abs(static_cast<float>(result.codes[i]) - exact), 1.0F);
  }
}

TEST(LearnRounding, ComesNearTheBestOfAllChoices) {
  double found = 0;
  double best_of_all = 0;
  double nearest_of_all = 0;
  for (std::uint32_t seed = 10; seed < 20; ++seed) {
    constexpr std::size_t kTaps = 8;
    const RoundingProblem problem = correlated_problem(kTaps, 1, seed);
    double best = 1e300;
    std::vector<std::int8_t> nearest;
    for (std::size_t choice = 0; choice < 1U << kTaps; ++choice) {
      std::vector<std::int8_t> codes;
      for (std::size_t t = 0; t < kTaps; ++t)
        codes.push_back(static_cast<std::int8_t>(std::floor(problem.weights[t] / problem.scales[0]) + static_cast<float>(choice >> t & 1)));
      best = std::min(best, loss_of(problem, codes));
    }
    for (std::size_t t = 0; t < kTaps; ++t) nearest.push_back(static_cast<std::int8_t>(std::round(problem.weights[t] / problem.scales[0])));
    found += loss_of(problem, learn_rounding(problem).codes);
    nearest_of_all += loss_of(problem, nearest);
    best_of_all += best;
  }
  EXPECT_LT(found - best_of_all, 0.25 * (nearest_of_all - best_of_all)) << "three quarters of what can be won at all";
}

TEST(LearnRounding, LeavesNearestWithoutCorrelation) {
  // One tap at a time is active: nearest is best, and no exchange can help.
  RoundingProblem problem = correlated_problem(10, 3, 4);
  for (std::size_t p = 0; p < problem.patches; ++p) {
    for (std::size_t t = 0; t < problem.taps; ++t) problem.activations[p * problem.taps + t] = p % problem.taps == t ? 1.0F : 0.0F;
    for (std::size_t c = 0; c < problem.channels; ++c) problem.targets[p * problem.channels + c] = problem.weights[c * problem.taps + p % problem.taps];
  }
  problem.free_bias = false;
  const RoundingResult result = learn_rounding(problem);
  for (std::size_t i = 0; i < result.codes.size(); ++i) EXPECT_EQ(result.codes[i], std::round(problem.weights[i] / problem.scales[0]));
}

TEST(LearnRounding, IsTheSameEveryTime) {
  const RoundingProblem problem = correlated_problem(36, 8, 1);
  EXPECT_EQ(learn_rounding(problem).codes, learn_rounding(problem).codes);
}

}  // namespace
}  // namespace mote::test
