#include "mote/learning/prototypes.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace mote {
namespace {

TEST(NearestCentroid, ClassesAreTheMeansOfTheirExamples) {
  NearestCentroid<3, 2> classes;
  const float a[] = {0, 0}, b[] = {2, 0}, far[] = {10, 10};
  EXPECT_EQ(classes.classify(a).label, -1);
  EXPECT_TRUE(classes.teach(0, a));
  EXPECT_TRUE(classes.teach(0, b));
  EXPECT_TRUE(classes.teach(2, far));
  const float near[] = {1, 1};
  EXPECT_EQ(classes.classify(near).label, 0);
  EXPECT_EQ(classes.classify(near).distance, 1);
  EXPECT_EQ(classes.classify(far).label, 2);
  classes.forget(0);
  EXPECT_EQ(classes.classify(near).label, 2);
}

TEST(NearestCentroid, RefusesWhatIsNoClassAndNoNumber) {
  NearestCentroid<2, 1> classes;
  const float good[] = {1}, bad[] = {std::nanf("")};
  EXPECT_FALSE(classes.teach(2, good));
  EXPECT_FALSE(classes.teach(-1, good));
  EXPECT_FALSE(classes.teach(0, bad));
  EXPECT_EQ(classes.classify(good).label, -1);
}

TEST(NearestExample, ClassifiesByTheNearest) {
  NearestExample<4, 1> examples;
  const float values[] = {0, 10, 1};
  examples.teach(5, values);
  examples.teach(7, values + 1);
  EXPECT_EQ(examples.classify(values + 2).label, 5);
  examples.forget(5);
  EXPECT_EQ(examples.classify(values + 2).label, 7);
  EXPECT_EQ(examples.used, 1);
}

TEST(NearestExample, KeepsItsBudgetAndWhatTellsMost) {
  NearestExample<4, 1> examples;
  const float values[] = {0, 0.1F, 5, 10, 20};
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(examples.teach(i < 3 ? 1 : 2, values + i));
  EXPECT_TRUE(examples.teach(2, values + 4));
  EXPECT_EQ(examples.used, 4);
  EXPECT_EQ(examples.classify(values).distance, 0.1F * 0.1F) << "of 0 and 0.1 the older went";
  EXPECT_EQ(examples.classify(values + 2).distance, 0);
  EXPECT_EQ(examples.classify(values + 4).label, 2);
}

}  // namespace
}  // namespace mote
