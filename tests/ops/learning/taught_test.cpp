// Classes that are taught while the model is in use.

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote::test {
namespace {

bool teach(OneNode& node, std::int32_t label, const std::vector<float>& features) {
  node.run(features);
  return node.evaluator().teach(label);
}

TEST(NearestPrototypes, ClassesAreTheMeansOfTheirExamples) {
  OneNode node("nearest_prototypes", 2, {{"classes", 3}});
  EXPECT_FALSE(node.evaluator().teach(0)) << "nothing has been seen";
  EXPECT_EQ(node.integer({0, 0}), -1);
  EXPECT_TRUE(teach(node, 0, {0, 0}));
  EXPECT_TRUE(teach(node, 0, {2, 0}));
  EXPECT_TRUE(teach(node, 2, {10, 10}));
  EXPECT_EQ(node.integer({1, 1}), 0);
  EXPECT_EQ(node.floats({1, 1}, 1), (std::vector<float>{0.5F, 0, 1 / (1 + 162.0F)}));
  EXPECT_EQ(node.integer({10, 10}), 2);
  node.evaluator().restart();
  EXPECT_EQ(node.integer({1, 1}), 0) << "what was taught outlasts a gap";
  node.evaluator().reset();
  EXPECT_EQ(node.integer({1, 1}), -1);
}

TEST(NearestPrototypes, RefusesWhatIsNoClassAndNoNumber) {
  OneNode node("nearest_prototypes", 1, {{"classes", 2}});
  EXPECT_FALSE(teach(node, 2, {1}));
  EXPECT_FALSE(teach(node, -1, {1}));
  EXPECT_FALSE(teach(node, 0, {std::nanf("")}));
  EXPECT_EQ(node.integer({1}), -1);
  teach(node, 0, {1});
  EXPECT_EQ(node.integer({std::nanf("")}), -1);
}

TEST(NearestExamples, ClassifiesByTheNearest) {
  OneNode node("nearest_examples", 1, {{"classes", 8}, {"capacity", 4}});
  teach(node, 5, {0});
  teach(node, 7, {10});
  EXPECT_EQ(node.integer({1}), 5);
  EXPECT_EQ(node.integer({6}), 7);
}

TEST(NearestExamples, KeepsItsBudgetAndWhatTellsMost) {
  OneNode node("nearest_examples", 1, {{"classes", 3}, {"capacity", 4}});
  const std::vector<float> values{0, 0.1F, 5, 10, 20};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(teach(node, i < 3 ? 1 : 2, {values[i]}));
  EXPECT_TRUE(teach(node, 2, {values[4]}));
  EXPECT_EQ(node.floats({0}, 1)[1], 1 / (1 + 0.1F * 0.1F)) << "of 0 and 0.1 the older went";
  EXPECT_EQ(node.floats({5}, 1)[1], 1);
  EXPECT_EQ(node.integer({20}), 2);
}

TEST(NearestExamples, TheOldestGoesWhereEveryClassHasOne) {
  OneNode node("nearest_examples", 1, {{"classes", 3}, {"capacity", 2}});
  for (std::int32_t c = 0; c < 3; ++c) teach(node, c, {static_cast<float>(10 * c)});
  EXPECT_EQ(node.integer({0}), 1);
  EXPECT_EQ(node.integer({20}), 2);
}

OneNode layer() { return OneNode("last_layer", 2, {{"classes", 3}, {"rate", 0.5F}}); }

TEST(LastLayer, LearnsClassesFromAFewExamples) {
  constexpr float kCentres[][2] = {{0, 30}, {-30, -15}, {30, -15}};
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 4);
  const auto example = [&](int label) {
    return std::vector<float>{kCentres[label][0] + noise(random), kCentres[label][1] + noise(random)};
  };
  OneNode node = layer();
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(teach(node, i % 3, example(i % 3)));
  int right = 0;
  for (int i = 0; i < 300; ++i) {
    const auto outputs = node.run(example(i % 3));
    right += values_of<std::int32_t>(outputs[0])[0] == i % 3;
    const auto probabilities = values_of<float>(outputs[1]);
    EXPECT_NEAR(probabilities[0] + probabilities[1] + probabilities[2], 1, 1e-5);
  }
  EXPECT_GE(right, 295);
}

TEST(LastLayer, AStepRaisesTheProbabilityOfWhatIsTaught) {
  OneNode node = layer();
  const float before = node.floats({100, -3}, 1)[1];
  EXPECT_NEAR(before, 1.0 / 3, 1e-6);
  EXPECT_TRUE(node.evaluator().teach(1));
  EXPECT_EQ(node.integer({100, -3}), 1);
  EXPECT_GT(node.floats({100, -3}, 1)[1], before);
}

TEST(LastLayer, RefusesWhatIsNoClassAndNoNumber) {
  OneNode node = layer();
  const Bytes before = node.state("weights");
  EXPECT_FALSE(teach(node, 3, {1, 2}));
  EXPECT_FALSE(teach(node, 0, {1, std::nanf("")}));
  EXPECT_FALSE(teach(node, 0, {3e30F, 0}));
  EXPECT_EQ(node.state("weights"), before);
}

}  // namespace
}  // namespace mote::test
