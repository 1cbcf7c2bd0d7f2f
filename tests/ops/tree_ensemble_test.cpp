#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "common/values.hpp"
#include "emulate/run_model.hpp"
#include "ops/evaluate.hpp"
#include "ops/forest_tables.hpp"
#include "ops/forest_votes.hpp"
#include "select/plan.hpp"

namespace mote::test {
namespace {

constexpr std::int32_t kFeatures = 5;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Grows a tree top down; children come to stand before their parents.
ForestPlace grow(Forest& forest, Random& random, int depth, bool whole) {
  if (depth == 0 || random.one_in(6)) {
    std::vector<Forest::Vote> votes;
    const auto targets = static_cast<std::int32_t>(forest.base.size());
    const bool pure = random.one_in(2);
    if (pure) votes.push_back({random.between(0, targets - 1), 1.0F});  // as classifiers' leaves often are
    for (std::int32_t c = 0; !pure && c < targets; ++c) {
      if (random.one_in(2)) votes.push_back({c, static_cast<float>(random.between(-64, 64)) / 64.0F});
    }
    forest.leaves.push_back(std::move(votes));
    return -static_cast<ForestPlace>(forest.leaves.size());
  }
  const ForestPlace left = grow(forest, random, depth - 1, whole), right = grow(forest, random, depth - 1, whole);
  float threshold = static_cast<float>(random.between(-300, 300)) / (whole ? 1.0F : 2.0F);
  if (random.one_in(12)) threshold = random.one_in(2) ? kInfinity : -kInfinity;
  forest.nodes.push_back({random.between(0, kFeatures - 1), threshold, left, right, random.one_in(3)});
  return static_cast<ForestPlace>(forest.nodes.size()) - 1;
}

Forest random_forest(std::uint32_t seed, std::size_t targets) {
  Random random(seed);
  Forest forest;
  for (std::size_t c = 0; c < targets; ++c) forest.base.push_back(static_cast<float>(random.between(-8, 8)) / 8.0F);
  const int trees = random.between(1, 6);
  for (int t = 0; t < trees; ++t) forest.roots.push_back(grow(forest, random, random.between(0, 5), random.one_in(2)));
  return forest;
}

Graph graph_of(const ForestTensors& t, DataType type, std::int32_t sum = 0) {
  GraphBuilder b;
  const auto list = [&]<typename T>(const std::vector<T>& values) { return b.constant<T>({static_cast<std::int32_t>(values.size())}, values); };
  const TensorId x = b.input({1, kFeatures}, {}, type);
  const TensorId nodes = b.constant<std::int32_t>({static_cast<std::int32_t>(t.nodes.size() / 4), 4}, t.nodes);
  b.output(b.node("tree_ensemble",
                  {x, nodes, list(t.thresholds), list(t.roots), list(t.leaf_starts), list(t.vote_targets), list(t.vote_weights), list(t.base)},
                  {{"sum", sum}}, {}, DataType::kFloat32));
  return b.finish();
}

/// Rows of features: whole numbers of the type, on and beside thresholds among them; for floats also what is between and beyond.
std::vector<std::vector<float>> random_rows(Random& random, const Forest& forest, DataType type) {
  std::vector<std::vector<float>> rows;
  const float lowest = type == DataType::kUint8 ? 0.0F : type == DataType::kInt8 ? -128.0F : -32768.0F;
  const float highest = type == DataType::kUint8 ? 255.0F : type == DataType::kInt8 ? 127.0F : 32767.0F;
  for (int n = 0; n < 24; ++n) {
    auto& row = rows.emplace_back();
    for (std::int32_t i = 0; i < kFeatures; ++i) {
      float value = static_cast<float>(random.between(-310, 310));
      if (!forest.nodes.empty() && random.one_in(2)) value = random.pick(forest.nodes).threshold + static_cast<float>(random.between(-1, 1));
      if (type != DataType::kFloat32) {
        value = std::clamp(std::floor(value), lowest, highest);
      } else if (random.one_in(8)) {
        value = random.one_in(2) ? std::nanf("") : -std::nanf("");
      }
      row.push_back(value);
    }
  }
  return rows;
}

Bytes stored(const std::vector<float>& row, DataType type) {
  switch (type) {
    case DataType::kInt8:
      return bytes_of(std::vector<std::int8_t>(row.begin(), row.end()));
    case DataType::kUint8:
      return bytes_of(std::vector<std::uint8_t>(row.begin(), row.end()));
    case DataType::kInt16:
      return bytes_of(std::vector<std::int16_t>(row.begin(), row.end()));
    default:
      return bytes_of(row);
  }
}

class TreeEnsemble : public testing::TestWithParam<DataType> {};

TEST_P(TreeEnsemble, IntegerThresholdsAndSharingChangeNoAnswer) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Forest forest = random_forest(seed, 1 + seed % 4);
    const bool real = GetParam() == DataType::kFloat32;
    const Forest other = real ? forest.shared() : with_integer_thresholds(forest, GetParam());
    EXPECT_LE(other.nodes.size(), forest.nodes.size());
    const Graph before = graph_of(write_forest(forest), DataType::kFloat32);
    const Graph after = graph_of(write_forest(other), GetParam());
    Random random(seed);
    for (const auto& row : random_rows(random, forest, GetParam()))
      ASSERT_EQ(Evaluator(before).run({bytes_of(row)}), Evaluator(after).run({stored(row, GetParam())})) << seed;
  }
}

TEST_P(TreeEnsemble, EveryImplementationGivesTheReferencesScores) {
  // Sum, average and minimum; votes of three bytes, of four, and floats.
  for (const auto& [sum, targets] : std::vector<std::pair<std::int32_t, std::size_t>>{{0, 1}, {1, 10}, {0, 40}, {2, 3}}) {
    const auto seed = static_cast<std::uint32_t>(targets);
    const Forest forest = random_forest(300 + seed, targets);
    const Graph graph = graph_of(write_forest(forest), GetParam(), sum);
    Random random(seed);
    std::vector<Inference> inferences;
    for (const auto& row : random_rows(random, forest, GetParam())) inferences.push_back({{stored(row, GetParam())}});
    const std::vector<Plan> plans = make_plans_of_every_rank(graph, find_target("host"));
    EXPECT_GE(plans.size(), 2U);
    for (const Plan& plan : plans) {
      const RunResult run = run_model(plan, inferences, false);
      for (std::size_t i = 0; i < inferences.size(); ++i) {
        const auto expected = values_of<float>(Evaluator(graph).run(inferences[i].inputs)[0]), got = values_of<float>(run.outputs[i][0]);
        for (std::size_t c = 0; c < got.size(); ++c) ASSERT_NEAR(got[c], expected[c], 1e-5) << plan.steps[0].implementation << " " << seed;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Features, TreeEnsemble, testing::Values(DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16),
                         [](const auto& info) { return std::string(type_name(info.param)); });

TEST(Forest, VotesTakeThreeBytesWhereSumsStayExactEnough) {
  const auto format = [](std::size_t targets, int trees, ForestSum how) {
    Forest forest;
    forest.base.assign(targets, 0.0F);
    forest.leaves = {{{0, 1.0F}}, {{0, -0.375F}, {1, 0.625F}}};
    forest.roots.assign(static_cast<std::size_t>(trees), -1);
    return fixed_votes(forest, how);
  };
  const auto usual = format(10, 20, ForestSum::kAverage);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->bytes, 3);
  for (const float weight : {1.0F, -1.0F, 0.5F, 0.1F}) {
    EXPECT_NEAR(std::ldexp(usual->adds(weight), -usual->unit_bits), weight / 20, 2.5e-7);
    EXPECT_EQ(usual->adds(weight) & 15, 0);  // room for the score's place
  }
  EXPECT_EQ(format(40, 20, ForestSum::kSum)->bytes, 4);
  EXPECT_FALSE(format(3, 20, ForestSum::kMinimum));
  EXPECT_FALSE(format(300, 20, ForestSum::kSum));
}

TEST(Forest, EqualLeavesAndSubtreesStandOnce) {
  Forest forest;
  forest.base = {0.0F};
  for (int i = 0; i < 4; ++i) forest.leaves.push_back({{0, i % 2 == 0 ? 1.0F : 2.0F}});
  forest.nodes = {{0, 5.0F, -1, -2}, {0, 5.0F, -3, -4}, {1, 2.0F, 0, 1}, {1, 3.0F, 0, 1}};
  forest.roots = {2, 3};
  const Forest shared = forest.shared();
  EXPECT_EQ(shared.leaves.size(), 2U);
  EXPECT_EQ(shared.nodes.size(), 1U);  // a node whose children are equal asks for nothing
  EXPECT_EQ(shared.roots, (std::vector<ForestPlace>{0, 0}));
}

TEST(Forest, ThresholdsBetweenIntegersAreTheLowerOne) {
  Forest forest;
  forest.base = {0.0F};
  forest.leaves = {{{0, 1.0F}}, {{0, 2.0F}}, {{0, 3.0F}}};
  forest.nodes = {{0, 5.5F, -1, -2}, {0, -0.5F, -3, 0}, {1, 300.0F, 1, -1}};
  forest.roots = {2};
  const Forest whole = with_integer_thresholds(forest, DataType::kUint8);
  ASSERT_EQ(whole.nodes.size(), 1U);  // no byte is at most -0.5, every one at most 300
  EXPECT_EQ(whole.nodes[0].threshold, 5.0F);
}

ForestTensors sound() {
  Forest forest;
  forest.base = {0.0F, 0.0F};
  forest.leaves = {{{0, 1.0F}}, {{1, 1.0F}}};
  forest.nodes = {{0, 1.0F, -1, -2}, {1, 2.0F, 0, -1}};
  forest.roots = {1};
  return write_forest(forest);
}

std::string refusal(const std::function<void(ForestTensors&)>& damage) {
  return error_of([&] {
    ForestTensors t = sound();
    damage(t);
    graph_of(t, DataType::kFloat32);
  });
}

TEST(Forest, DamagedTablesAreRefusedByName) {
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.nodes[1] = 1; }), "node 0 leads to 1"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.nodes[5] = 1; }), "node 1 leads to 1"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.nodes[6] = -3; }), "node 1 leads to -3"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.nodes[0] = kFeatures; }), "node 0 asks for feature 5"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.nodes[0] = -1; }), "node 0 asks for feature -1"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.roots[0] = 2; }), "a root leads to 2"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.thresholds[1] = std::nanf(""); }), "node 1 has a threshold"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.thresholds.push_back(0); }), "3x4 is needed"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.leaf_starts[1] = 3; }), "leaf 0 has votes 0 to 3"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.vote_targets[1] = 2; }), "leaf 1 votes for score 2"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.vote_weights[0] = kInfinity; }), "leaf 0 has a vote"));
  EXPECT_TRUE(contains(refusal([](ForestTensors& t) { t.vote_weights.pop_back(); }), "2 is needed"));
}

}  // namespace
}  // namespace mote::test
