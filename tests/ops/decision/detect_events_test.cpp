#include <limits>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/state_nodes.hpp"

namespace mote::test {
namespace {

using Places = std::vector<std::size_t>;

OneNode detector(const Attributes& attributes, const std::vector<float>& on = {0.5F}, const std::vector<float>& off = {0.3F}) {
  return OneNode("detect_events", static_cast<std::int32_t>(on.size()), attributes, {on, off});
}

/// Where events come.
Places events(OneNode& detector, const std::vector<float>& scores) {
  Places result;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (detector.integer({scores[i]}) >= 0) result.push_back(i);
  }
  return result;
}
Places events(const Attributes& attributes, const std::vector<float>& scores) {
  OneNode node = detector(attributes);
  return events(node, scores);
}

TEST(DetectEvents, OneEventUntilTheScoreHasFallen) {
  EXPECT_EQ(events({}, {0.1F, 0.6F, 0.9F, 0.4F, 0.6F, 0.3F, 0.6F, 0.6F}), (Places{1, 6}));
  EXPECT_EQ(events({}, {0.5F, 0.5F}), Places{}) << "above, not at";
}

TEST(DetectEvents, AMeanIsOverThoseThatHaveCome) {
  EXPECT_EQ(events({{"average", 4}}, {0.6F}), (Places{0}));
  EXPECT_EQ(events({{"average", 4}}, {0.0F, 0.9F, 0.9F, 0.9F}), (Places{2}));
  EXPECT_EQ(events({{"average", 4}}, {0.0F, 0.0F, 0.0F, 0.9F, 0.9F, 0.9F}), (Places{5}));
}

TEST(DetectEvents, DebouncingWantsSoManyInARow) {
  EXPECT_EQ(events({{"debounce", 3}}, {0.6F, 0.6F, 0.4F, 0.6F, 0.6F, 0.6F, 0.6F}), (Places{5}));
}

TEST(DetectEvents, NothingComesInTheRefractoryTime) {
  EXPECT_EQ(events({{"refractory", 3}}, {0.6F, 0.0F, 0.6F, 0.0F, 0.6F}), (Places{0, 4}));
  EXPECT_EQ(events({{"refractory", 3}}, {0.6F, 0.0F, 0.6F, 0.6F, 0.6F}), (Places{0, 4})) << "what still lasts afterwards counts";
}

TEST(DetectEvents, NothingIsJudgedWhileItWarmsUpAndAgainAfterAGap) {
  OneNode node = detector({{"warm_up", 2}});
  EXPECT_EQ(events(node, {0.9F, 0.9F, 0.9F, 0.0F}), (Places{2}));
  node.evaluator().restart();
  EXPECT_EQ(events(node, {0.9F, 0.9F, 0.9F}), (Places{2}));
  node.evaluator().restart();
  EXPECT_EQ(events(node, {0.9F, 0.9F, 0.9F}), Places{}) << "a gap does not end an event";
}

TEST(DetectEvents, TheKindFurthestAboveItsThresholdWins) {
  OneNode node = detector({}, {std::numeric_limits<float>::infinity(), 0.5F, 0.6F}, {0, 0.3F, 0.3F});
  EXPECT_EQ(node.integer({0.9F, 0.7F, 0.7F}), 1);
  EXPECT_EQ(node.integer({0.9F, 0.6F, 0.9F}), 2);
  EXPECT_EQ(node.floats({0.9F, 0.6F, 0.9F}, 1), (std::vector<float>{0.9F, 0.6F, 0.9F}));
}

TEST(DetectEvents, AGapForgetsScoresButNotTheRefractoryTime) {
  OneNode averaged = detector({{"average", 4}});
  EXPECT_EQ(events(averaged, {0.0F, 0.0F, 0.0F}), Places{});
  averaged.evaluator().restart();
  EXPECT_EQ(events(averaged, {0.6F}), (Places{0}));
  OneNode patient = detector({{"refractory", 3}});
  EXPECT_EQ(events(patient, {0.6F, 0.0F}), (Places{0}));
  patient.evaluator().restart();
  EXPECT_EQ(events(patient, {0.6F, 0.6F, 0.6F}), (Places{2}));
}

TEST(DetectEvents, AScoreThatIsNoNumberCountsAsZero) {
  EXPECT_EQ(events({}, {0.6F, std::numeric_limits<float>::quiet_NaN(), 0.6F}), (Places{0, 2}));
}

TEST(DetectEvents, RefusesThresholdsThatContradict) {
  EXPECT_TRUE(contains(error_of([] { detector({}, {0.5F}, {0.6F}); }), "threshold 0: off is 0.6"));
  EXPECT_TRUE(contains(error_of([] { detector({{"average", 0}}); }), "average is 0"));
}

}  // namespace
}  // namespace mote::test
