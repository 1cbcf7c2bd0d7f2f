#include "emulate/side_by_side.hpp"

#include <atomic>

#include <gtest/gtest.h>

namespace mote::test {
namespace {

std::vector<std::size_t> sizes(const std::vector<Part>& parts) {
  std::vector<std::size_t> result;
  std::size_t at = 0;
  for (const Part& part : parts) {
    EXPECT_EQ(part.begin, at);
    at = part.end;
    result.push_back(part.size());
  }
  return result;
}

TEST(Parts, AreOfAboutEqualSize) {
  const auto anywhere = [](std::size_t) { return true; };
  EXPECT_EQ(sizes(cut_into_parts(10, 3, anywhere)), (std::vector<std::size_t>{4, 4, 2}));
  EXPECT_EQ(sizes(cut_into_parts(2, 5, anywhere)), (std::vector<std::size_t>{1, 1}));
  EXPECT_TRUE(cut_into_parts(0, 2, anywhere).empty());
}

TEST(Parts, BeginOnlyWhereTheyMay) {
  EXPECT_EQ(sizes(cut_into_parts(10, 2, [](std::size_t i) { return i == 7; })), (std::vector<std::size_t>{7, 3}));
  EXPECT_EQ(sizes(cut_into_parts(10, 4, [](std::size_t) { return false; })), (std::vector<std::size_t>{10}));
}

TEST(SideBySide, DoesEverythingOnce) {
  for (const std::size_t lanes : {1U, 2U, 7U}) {
    std::vector<std::atomic<int>> done(20);
    run_side_by_side(done.size(), lanes, [&](std::size_t i) { ++done[i]; });
    for (const auto& each : done) EXPECT_EQ(each, 1);
  }
}

TEST(SideBySide, ThrowsWhatAPartThrew) {
  EXPECT_THROW(run_side_by_side(8, 3, [](std::size_t i) { if (i == 5) throw std::runtime_error("five"); }), std::runtime_error);
}

}  // namespace
}  // namespace mote::test
