#include "fit/operating_points.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote {
namespace {

/// One score per second; two labelled events with peaks of 0.9 and 0.6, and strangers of 0.5 and 0.7.
ScoredRecordings example() {
  ScoredRecordings data{{}, 1, 1, 0};
  ScoredRecording recording{std::vector<float>(3600, 0.1F), {{100, 110, 0}, {200, 210, 0}}};
  recording.scores[104] = 0.9F;
  recording.scores[204] = 0.6F;
  recording.scores[999] = 0.5F;
  recording.scores[1999] = 0.7F;
  data.recordings.push_back(recording);
  return data;
}

OperatingPoint chosen(double per_hour) {
  const ScoredRecordings data = example();
  return choose_point(sweep_thresholds(data, {}, 0, 1), data.hours(), per_hour).value();
}

TEST(OperatingPoints, TheFewestRejectsWithinTheFalseAcceptsAllowed) {
  EXPECT_EQ(example().hours(), 1);
  const OperatingPoint strict = chosen(0);
  EXPECT_EQ(strict.errors.false_accepts, 0);
  EXPECT_EQ(strict.errors.false_rejects, 1);
  EXPECT_GT(strict.on, 0.7F);
  EXPECT_LT(strict.on, 0.9F);
  const OperatingPoint loose = chosen(1);
  EXPECT_EQ(loose.errors.false_accepts, 1);
  EXPECT_EQ(loose.errors.false_rejects, 0);
  EXPECT_NEAR(loose.on, 0.55F, 1e-6) << "in the middle of what does as well";
}

TEST(OperatingPoints, AnEventCountsForALabelUntilItIsLate) {
  ScoredRecordings data = example();
  data.recordings[0].labels[0].end_s = 104;  // the event comes at 105 s
  const float on = 0.8F, off = 0.5F;
  EventRule rule{{&on, 1}, {&off, 1}};
  EXPECT_EQ(count_errors(data, rule).false_accepts, 1);
  data.late_s = 1;
  EXPECT_EQ(count_errors(data, rule).false_accepts, 0);
  EXPECT_EQ(count_errors(data, rule).events, 1);
}

TEST(OperatingPoints, NoneWhereEveryThresholdAcceptsTooMuch) {
  EXPECT_FALSE(choose_point({{0.5F, {3, 0, 1, 3}}}, 1, 2).has_value());
}

TEST(OperatingPoints, EventsAreThoseOfTheOperator) {
  using test::Random;
  Random random(7);
  for (int round = 0; round < 20; ++round) {
    const std::vector<float> on{0.4F + 0.2F * random.fraction(), 0.5F}, off{0.3F, 0.5F};
    EventRule rule{on, off, random.between(1, 4), random.between(1, 3), random.between(0, 5), random.between(0, 3)};
    test::OneNode node(
        "detect_events", 2,
        {{"average", rule.average}, {"debounce", rule.debounce}, {"refractory", rule.refractory}, {"warm_up", rule.warm_up}},
        {on, off});
    std::vector<float> scores;
    std::vector<std::int32_t> expected;
    for (int i = 0; i < 200; ++i) {
      scores.insert(scores.end(), {random.fraction(), random.fraction()});
      expected.push_back(node.integer({scores[scores.size() - 2], scores.back()}));
    }
    ASSERT_EQ(events_of(rule, scores), expected);
  }
}

}  // namespace
}  // namespace mote
