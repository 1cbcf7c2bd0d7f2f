#include "mote/stream/sample_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

namespace mote {
namespace {

std::vector<int> numbers(int first, int count) {
  std::vector<int> result(static_cast<std::size_t>(count));
  std::iota(result.begin(), result.end(), first);
  return result;
}

/// Takes the gap that stands where the reader is.
template <typename Ring>
bool take_gap(Ring& ring) {
  if (!ring.has_gap() || ring.size() > 0) return false;
  ring.forget_gap();
  return true;
}

template <typename Ring>
std::vector<int> all_of(Ring& ring) {
  std::vector<int> result(ring.size());
  ring.pop(result.data(), static_cast<std::uint32_t>(result.size()));
  return result;
}

TEST(SampleRing, GivesWhatWasPutInOrderAroundItsEnd) {
  SampleRing<int, 8> ring;
  for (int first = 0; first < 40; first += 5) {
    const auto put = numbers(first, 5);
    EXPECT_EQ(ring.push(put.data(), 5), 5U);
    EXPECT_EQ(all_of(ring), put);
  }
  EXPECT_EQ(ring.dropped(), 0U);
  EXPECT_FALSE(take_gap(ring));
}

TEST(SampleRing, ABurstIsCutAndWhatFollowsStandsBehindAGap) {
  SampleRing<int, 8> ring;
  EXPECT_EQ(ring.push(numbers(0, 11).data(), 11), 8U);
  EXPECT_EQ(ring.dropped(), 3U);
  int two[2];
  EXPECT_EQ(ring.pop(two, 2), 2U);
  EXPECT_EQ(ring.push(numbers(20, 2).data(), 2), 2U);
  EXPECT_FALSE(take_gap(ring));  // six samples come before it
  EXPECT_EQ(all_of(ring), numbers(2, 6));
  EXPECT_TRUE(take_gap(ring));
  EXPECT_FALSE(take_gap(ring));
  EXPECT_EQ(all_of(ring), numbers(20, 2));
}

TEST(SampleRing, WhileAGapWaitsASecondLossJoinsIt) {
  SampleRing<int, 4> ring;
  ring.push(numbers(0, 5).data(), 5);
  int one = 0;
  ring.pop(&one, 1);
  EXPECT_EQ(ring.push(numbers(10, 3).data(), 3), 1U);
  EXPECT_EQ(ring.push(numbers(20, 1).data(), 1), 0U);
  EXPECT_EQ(all_of(ring), numbers(1, 3));
  EXPECT_EQ(ring.push(numbers(30, 1).data(), 1), 0U) << "the gap has not been seen";
  EXPECT_TRUE(take_gap(ring));
  EXPECT_EQ(all_of(ring), numbers(10, 1));
  EXPECT_EQ(ring.push(numbers(40, 2).data(), 2), 2U);
  EXPECT_TRUE(take_gap(ring));
  EXPECT_EQ(all_of(ring), numbers(40, 2));
}

TEST(SampleRing, WhatStandsBeforeAGapCanBeGivenUpOrJoined) {
  SampleRing<int, 8> ring;
  ring.push(numbers(0, 9).data(), 9);
  int two[2];
  ring.pop(two, 2);
  ring.push(numbers(20, 2).data(), 2);
  SampleRing<int, 8> other = ring;
  ring.skip_to_gap();
  ring.forget_gap();
  EXPECT_EQ(all_of(ring), numbers(20, 2));
  other.forget_gap();
  EXPECT_EQ(all_of(other), (std::vector<int>{2, 3, 4, 5, 6, 7, 20, 21}));
}

TEST(SampleRing, TwoThreadsLoseNothingUnmarked) {
  SampleRing<int, 64> ring;
  constexpr int kSamples = 200000;
  std::atomic<bool> done{false};
  std::thread producer([&] {
    for (int i = 0; i < kSamples; i += 7) {
      const auto put = numbers(i, std::min(7, kSamples - i));
      ring.push(put.data(), static_cast<std::uint32_t>(put.size()));
    }
    done = true;
  });
  int expected = 0;
  std::int64_t taken = 0;
  bool good = true, gap = false;
  while (!done || ring.size() > 0) {
    gap = gap || take_gap(ring);
    int buffer[16];
    const auto count = static_cast<int>(ring.pop(buffer, 16));
    for (int i = 0; i < count; ++i) {
      good = good && (gap ? buffer[i] > expected : buffer[i] == expected);
      gap = false;
      expected = buffer[i] + 1;
    }
    taken += count;
  }
  producer.join();
  EXPECT_TRUE(good);
  EXPECT_LE(taken + ring.dropped(), kSamples);
  EXPECT_GE(taken + ring.dropped(), kSamples - 64);
}

}  // namespace
}  // namespace mote
