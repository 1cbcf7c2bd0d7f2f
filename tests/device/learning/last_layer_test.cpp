#include "mote/learning/last_layer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace mote {
namespace {

struct Lively {
  static constexpr float rate = 0.5F, decay = 0;
};
using Layer = LastLayer<Lively, 3, 2>;

TEST(LastLayer, LearnsClassesFromAFewExamples) {
  constexpr float kCentres[][2] = {{0, 30}, {-30, -15}, {30, -15}};
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 4);
  const auto example = [&](int label, float* features) {
    for (int i = 0; i < 2; ++i) features[i] = kCentres[label][i] + noise(random);
  };
  Layer layer;
  float features[2], probabilities[3];
  for (int i = 0; i < 60; ++i) {
    example(i % 3, features);
    ASSERT_TRUE(layer.teach(i % 3, features));
  }
  int right = 0;
  for (int i = 0; i < 300; ++i) {
    example(i % 3, features);
    right += layer.classify(features, probabilities) == i % 3;
    EXPECT_NEAR(probabilities[0] + probabilities[1] + probabilities[2], 1, 1e-5);
  }
  EXPECT_GE(right, 295);
}

TEST(LastLayer, AStepRaisesTheProbabilityOfWhatIsTaught) {
  Layer layer;
  const float features[] = {100, -3};
  float before[3], after[3];
  layer.classify(features, before);
  EXPECT_NEAR(before[1], 1.0 / 3, 1e-6);
  layer.teach(1, features);
  EXPECT_EQ(layer.classify(features, after), 1);
  EXPECT_GT(after[1], before[1]);
}

TEST(LastLayer, RefusesWhatIsNoClassAndNoNumber) {
  Layer layer;
  const Layer before = layer;
  const float good[] = {1, 2}, bad[] = {1, std::nanf("")}, huge[] = {3e30F, 0};
  EXPECT_FALSE(layer.teach(3, good));
  EXPECT_FALSE(layer.teach(0, bad));
  EXPECT_FALSE(layer.teach(0, huge));
  EXPECT_EQ(std::memcmp(&before, &layer, sizeof layer), 0);
}

}  // namespace
}  // namespace mote
