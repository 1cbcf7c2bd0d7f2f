#include "mote/stream/pipeline.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mote {
namespace {

/// Notes what reaches it; an event is the sum of a hop when that is above 100.
template <typename Value>
class Sum {
 public:
  void* input_data(int) { return input_; }
  const void* output_data(int) const { return &event_; }
  void restart() { ++restarts; }
  void run() {
    float sum = 0;
    for (const Value value : input_) {
      sum += static_cast<float>(value);
      seen.push_back(static_cast<float>(value));
    }
    event_ = sum > 100 ? static_cast<int32_t>(sum) : -1;
  }
  int restarts = 0;
  std::vector<float> seen;

 private:
  Value input_[4] = {};
  int32_t event_ = -1;
};

struct Plain {
  using Sample = int16_t;
  using Value = int16_t;
  static constexpr int32_t kChannels = 1, kZero = 0;
  static constexpr uint32_t kHop = 4, kRing = 8, kSaturated = 0, kStuck = 0, kWarmUp = 0;
  static constexpr bool kHasRange = true, kRestartsAfterGap = true;
  static constexpr int16_t kLowest = -32768, kHighest = 32767;
  static constexpr int kEventOutput = 0;
};
using PlainPipeline = Pipeline<Sum<int16_t>, Plain>;

std::vector<int16_t> numbers(int first, int count) {
  std::vector<int16_t> result;
  for (int i = 0; i < count; ++i) result.push_back(static_cast<int16_t>(first + i));
  return result;
}
std::vector<float> reals(std::initializer_list<int> values) { return {values.begin(), values.end()}; }

TEST(Pipeline, SamplesOfAnyPieceBecomeHops) {
  PlainPipeline pipeline;
  for (int i = 0; i < 9; ++i) {
    const auto one = numbers(i, 1);
    EXPECT_EQ(pipeline.push(one.data(), 1), 1U);
    EXPECT_EQ(pipeline.step(), i % 4 == 3);
  }
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(pipeline.last().run, 2U);
}

TEST(Pipeline, PollStopsAtAnEvent) {
  PlainPipeline pipeline;
  pipeline.push(numbers(0, 4).data(), 4);
  pipeline.push(numbers(50, 4).data(), 4);
  const Event event = pipeline.poll();
  EXPECT_EQ(event.kind, 206);
  EXPECT_EQ(event.run, 2U);
  EXPECT_FALSE(pipeline.poll());
  pipeline.push(numbers(60, 4).data(), 4);
  pipeline.push(numbers(70, 4).data(), 4);
  std::vector<int32_t> kinds;
  pipeline.poll([&](const Event& each) { kinds.push_back(each.kind); });
  EXPECT_EQ(kinds, (std::vector<int32_t>{246, 286}));
}

TEST(Pipeline, ASlowConsumerLosesSamplesAndStartsAnewBehindThem) {
  PlainPipeline pipeline;
  EXPECT_EQ(pipeline.push(numbers(0, 6).data(), 6), 6U);
  EXPECT_EQ(pipeline.push(numbers(6, 6).data(), 6), 2U) << "the ring holds 8";
  EXPECT_EQ(pipeline.dropped(), 4U);
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.push(numbers(20, 4).data(), 4), 4U);
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.model().restarts, 0) << "what came before the gap is whole";
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.model().restarts, 1);
  EXPECT_EQ(pipeline.gaps(), 1U);
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 22, 23}));
}

TEST(Pipeline, ABurstKeepsWhatFits) {
  PlainPipeline pipeline;
  EXPECT_EQ(pipeline.push(numbers(0, 1000).data(), 1000), 8U);
  EXPECT_EQ(pipeline.dropped(), 992U);
  while (pipeline.step()) {
  }
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Pipeline, APieceBeforeAGapThatMakesNoHopIsGivenUp) {
  PlainPipeline pipeline;
  pipeline.push(numbers(0, 9).data(), 9);
  EXPECT_TRUE(pipeline.step());
  pipeline.push(numbers(100, 3).data(), 3);  // 4 to 7 wait, then a gap, then 100 to 102
  EXPECT_TRUE(pipeline.step());
  EXPECT_FALSE(pipeline.step());
  pipeline.push(numbers(103, 4).data(), 4);
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103}));
}

struct Ignoring : Plain {
  static constexpr bool kRestartsAfterGap = false;
};
TEST(Pipeline, AGapThatIsIgnoredJoinsWhatStandsAroundIt) {
  Pipeline<Sum<int16_t>, Ignoring> pipeline;
  const auto step = [&] { return pipeline.step(); };
  pipeline.push(numbers(0, 2).data(), 2);
  pipeline.push(numbers(2, 7).data(), 7);  // one is lost
  EXPECT_TRUE(step());
  pipeline.push(numbers(20, 4).data(), 4);
  EXPECT_TRUE(step());
  EXPECT_TRUE(step());
  EXPECT_EQ(pipeline.model().restarts, 0);
  EXPECT_EQ(pipeline.gaps(), 1U);
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 22, 23}));
}

struct Watched : Plain {
  using Sample = float;
  using Value = float;
  static constexpr uint32_t kSaturated = 2, kStuck = 6;
  static constexpr float kLowest = -10, kHighest = 10;
};
TEST(Pipeline, FaultsOfTheSensorComeWithTheHopThatHasThem) {
  Pipeline<Sum<float>, Watched> pipeline;
  const auto faults_of = [&](std::vector<float> hop) {
    pipeline.push(hop.data(), 4);
    EXPECT_TRUE(pipeline.step());
    return pipeline.last().faults;
  };
  EXPECT_EQ(faults_of({1, 2, 3, 4}), 0);
  EXPECT_EQ(faults_of({5, NAN, 6, INFINITY}), kSensorNotANumber);
  EXPECT_EQ(faults_of({1, 2, 10, 12}), kSensorSaturated);
  EXPECT_EQ(faults_of({1, 2, 3, 3}), 0);
  EXPECT_EQ(faults_of({3, 3, 3, 3}), kSensorStuck);
  EXPECT_EQ(faults_of({3, 4, 5, 6}), kSensorStuck) << "its first sample is one more";
  EXPECT_EQ(faults_of({3, 4, 5, 6}), 0);
  EXPECT_EQ(pipeline.model().seen[5], 5) << "the last good value stands for what is no number";
  EXPECT_EQ(pipeline.model().seen[7], 6);
}

struct TwoChannels : Plain {
  static constexpr int32_t kChannels = 2;
  static constexpr uint32_t kHop = 2, kRing = 2;
};
TEST(Pipeline, ChannelsStayTogetherWhenSamplesAreLost) {
  Pipeline<Sum<int16_t>, TwoChannels> pipeline;
  EXPECT_EQ(pipeline.push(numbers(0, 6).data(), 3), 2U);
  EXPECT_TRUE(pipeline.step());
  pipeline.push(numbers(10, 4).data(), 2);
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.model().seen, reals({0, 1, 2, 3, 10, 11, 12, 13}));
}

struct Unsigned : Plain {
  using Sample = uint16_t;
  static constexpr int32_t kZero = 2048;
  static constexpr uint16_t kLowest = 0, kHighest = 4095;
};
TEST(Pipeline, SamplesOfAnUnsignedConverterLoseTheirZero) {
  Pipeline<Sum<int16_t>, Unsigned> pipeline;
  const uint16_t samples[] = {0, 2048, 4095, 65535};
  pipeline.push(samples, 4);
  EXPECT_TRUE(pipeline.step());
  EXPECT_EQ(pipeline.model().seen, reals({-2048, 0, 2047, 32767}));
}

struct Filling : Plain {
  static constexpr int kEventOutput = -1;
  static constexpr uint32_t kWarmUp = 2;
};
TEST(Pipeline, WithoutADecisionEachRunIsAResultOnceWindowsAreFilled) {
  Pipeline<Sum<int16_t>, Filling> pipeline;
  std::vector<bool> results;
  for (int i = 0; i < 4; ++i) {
    pipeline.push(numbers(0, 4).data(), 4);
    results.push_back(static_cast<bool>(pipeline.poll()));
  }
  EXPECT_EQ(results, (std::vector<bool>{false, false, true, true}));
}

}  // namespace
}  // namespace mote
