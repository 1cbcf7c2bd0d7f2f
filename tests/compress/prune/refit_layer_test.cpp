#include "compress/prune/refit_layer.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/gram.hpp"

namespace mote::test {
namespace {

constexpr std::size_t kRows = 2000, kTaps = 12, kOutputs = 5;

/// Targets of a layer with known weights; the start is another one.
RefitProblem known_layer(std::pair<float, float> clamp, std::vector<float>& weights, std::vector<float>& bias) {
  Random random(3);
  weights = random_floats(random, kOutputs * kTaps);
  bias = random_floats(random, kOutputs);
  RefitProblem problem{kTaps, kOutputs, random_floats(random, kRows * kTaps), {}, {}, clamp, random_floats(random, kOutputs * kTaps), random_floats(random, kOutputs)};
  problem.targets = row_products(problem.inputs, kTaps, weights);
  for (std::size_t i = 0; i < problem.targets.size(); ++i)
    problem.targets[i] = std::clamp(problem.targets[i] + bias[i % kOutputs], clamp.first, clamp.second);
  for (std::size_t r = 0; r < kRows; ++r) problem.held_back.push_back(r % 5 == 4);
  return problem;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& wanted, float within) {
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(got[i], wanted[i], within);
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(RefitLayer, FindsTheWeightsOfALinearLayer) {
  std::vector<float> weights;
  std::vector<float> bias;
  const RefitResult fit = refit_layer(known_layer({-kInfinity, kInfinity}, weights, bias));
  expect_near(fit.weights, weights, 1e-3F);
  expect_near(fit.bias, bias, 1e-3F);
  EXPECT_GT(fit.error_before, 0.5);
  EXPECT_LT(fit.error_after, 1e-6);
}

TEST(RefitLayer, SeesThroughAClamp) {
  std::vector<float> weights;
  std::vector<float> bias;
  RefitProblem problem = known_layer({0.0F, 2.0F}, weights, bias);
  const RefitResult fit = refit_layer(problem);
  EXPECT_LT(fit.error_after, 0.02);
  problem.activation_range = {-kInfinity, kInfinity};  // as if clamped targets were sums
  EXPECT_GT(refit_layer(problem).error_after, 5 * fit.error_after);
}

TEST(RefitLayer, LeavesWhatFitsAsItIs) {
  std::vector<float> weights;
  std::vector<float> bias;
  RefitProblem problem = known_layer({0.0F, kInfinity}, weights, bias);
  problem.weights = weights;
  problem.bias = bias;
  const RefitResult fit = refit_layer(problem);
  EXPECT_EQ(fit.weights, weights);
  EXPECT_EQ(fit.error_after, fit.error_before);
}

}  // namespace
}  // namespace mote::test
