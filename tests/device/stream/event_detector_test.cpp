#include "mote/stream/event_detector.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace mote {
namespace {

struct Plain {
  static constexpr std::int32_t scores = 1, average = 1, debounce = 1, refractory = 0;
  static constexpr float on[] = {0.5F}, off[] = {0.3F};
};
struct Averaged : Plain {
  static constexpr std::int32_t average = 4;
};
struct Debounced : Plain {
  static constexpr std::int32_t debounce = 3;
};
struct Patient : Plain {
  static constexpr std::int32_t refractory = 3;
};
struct TwoKinds {
  static constexpr std::int32_t scores = 3, average = 1, debounce = 1, refractory = 0;
  static constexpr float on[] = {std::numeric_limits<float>::infinity(), 0.5F, 0.6F}, off[] = {0, 0.3F, 0.3F};
};

/// Where events come.
template <typename L>
std::vector<std::size_t> events(EventDetector<L>& detector, const std::vector<float>& scores) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (detector.next(&scores[i])) result.push_back(i);
  }
  return result;
}
template <typename L>
std::vector<std::size_t> events(const std::vector<float>& scores) {
  EventDetector<L> detector;
  return events(detector, scores);
}
using Places = std::vector<std::size_t>;

TEST(EventDetector, OneEventUntilTheScoreHasFallen) {
  EXPECT_EQ(events<Plain>({0.1F, 0.6F, 0.9F, 0.4F, 0.6F, 0.3F, 0.6F, 0.6F}), (Places{1, 6}));
  EXPECT_EQ(events<Plain>({0.5F, 0.5F}), Places{}) << "above, not at";
}

TEST(EventDetector, AMeanIsOverThoseThatHaveCome) {
  EXPECT_EQ(events<Averaged>({0.6F}), (Places{0}));
  EXPECT_EQ(events<Averaged>({0.0F, 0.9F, 0.9F, 0.9F}), (Places{2}));
  EXPECT_EQ(events<Averaged>({0.0F, 0.0F, 0.0F, 0.9F, 0.9F, 0.9F}), (Places{5}));
}

TEST(EventDetector, DebouncingWantsSoManyInARow) {
  EXPECT_EQ(events<Debounced>({0.6F, 0.6F, 0.4F, 0.6F, 0.6F, 0.6F, 0.6F}), (Places{5}));
}

TEST(EventDetector, NothingComesInTheRefractoryTime) {
  EXPECT_EQ(events<Patient>({0.6F, 0.0F, 0.6F, 0.0F, 0.6F}), (Places{0, 4}));
  EXPECT_EQ(events<Patient>({0.6F, 0.0F, 0.6F, 0.6F, 0.6F}), (Places{0, 4})) << "what still lasts afterwards counts";
}

TEST(EventDetector, TheKindFurthestAboveItsThresholdWins) {
  EventDetector<TwoKinds> detector;
  const float scores[] = {0.9F, 0.7F, 0.7F};
  EXPECT_EQ(detector.next(scores).kind, 1);
  const float others[] = {0.9F, 0.6F, 0.9F};
  const Event event = detector.next(others);
  EXPECT_EQ(event.kind, 2);
  EXPECT_EQ(event.score, 0.9F);
}

TEST(EventDetector, RestartForgetsScores) {
  EventDetector<Averaged> detector;
  EXPECT_EQ(events(detector, {0.0F, 0.0F, 0.0F}), Places{});
  detector.restart();
  EXPECT_EQ(events(detector, {0.6F}), (Places{0}));
}

TEST(MajorityVote, NamesTheMostFrequentAndOfEqualsTheLast) {
  MajorityVote<3, 4> vote;
  EXPECT_EQ(vote.next(0), 0);
  EXPECT_EQ(vote.next(1), 1);
  EXPECT_EQ(vote.next(0), 0);
  EXPECT_EQ(vote.next(2), 0);
  EXPECT_EQ(vote.next(2), 2);  // 1, 0, 2, 2
  EXPECT_EQ(vote.next(1), 2);  // 0, 2, 2, 1
  EXPECT_EQ(vote.next(1), 1);  // 2, 2, 1, 1
}

}  // namespace
}  // namespace mote
