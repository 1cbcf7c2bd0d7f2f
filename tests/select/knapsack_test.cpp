#include "select/knapsack.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace mote::test {
namespace {

/// Nodes with random candidates; some nodes have the same kernels, so that they share code, and some candidates a routine.
std::vector<std::vector<Candidate>> random_candidates(std::mt19937& random) {
  constexpr std::string_view kRoutines[] = {"", "matrix", "rows"};
  std::vector<std::vector<Candidate>> nodes(2 + random() % 4);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0 && random() % 3 == 0) {
      nodes[i] = nodes[i - 1];
      for (Candidate& each : nodes[i]) each.table_bytes = static_cast<std::int64_t>(random() % 300);
      continue;
    }
    for (std::size_t c = 0; c < 1 + random() % 4; ++c) {
      KernelCall call("header", fmt::format("kernel_{}_{}", i, c));
      const std::size_t routine = random() % 3;
      nodes[i].push_back({.implementation = call.function,
                          .call = call,
                          .cycles = static_cast<double>(random() % 1000),
                          .table_bytes = static_cast<std::int64_t>(random() % 300),
                          .code_bytes = static_cast<std::int64_t>(random() % 300),
                          .routine = kRoutines[routine],
                          .routine_bytes = routine == 0 ? 0 : static_cast<std::int64_t>(routine) * 150});
    }
    std::sort(nodes[i].begin(), nodes[i].end(), [](const Candidate& a, const Candidate& b) { return a.cycles < b.cycles; });
  }
  return nodes;
}

std::vector<Choice> choices_of(const std::vector<std::vector<Candidate>>& nodes, std::mt19937& random) {
  std::vector<Choice> choices;
  for (const auto& candidates : nodes) {
    std::vector<bool> allowed(candidates.size());
    for (std::size_t c = 0; c < allowed.size(); ++c) allowed[c] = random() % 5 != 0;
    choices.push_back({&candidates, std::move(allowed)});
  }
  return choices;
}

double cycles_of(const std::vector<Choice>& choices, const std::vector<std::size_t>& chosen) {
  double cycles = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) cycles += (*choices[i].candidates)[chosen[i]].cycles;
  return cycles;
}

/// Fewest cycles over all sets, tried one by one; negative when none fits.
double fewest_cycles(const std::vector<Choice>& choices, std::int64_t limit) {
  double best = -1;
  std::vector<std::size_t> chosen(choices.size(), 0);
  while (true) {
    bool allowed = true;
    for (std::size_t i = 0; i < choices.size(); ++i) allowed = allowed && choices[i].allowed[chosen[i]];
    if (allowed && flash_of(choices, chosen) <= limit) {
      const double cycles = cycles_of(choices, chosen);
      if (best < 0 || cycles < best) best = cycles;
    }
    std::size_t i = 0;
    while (i < chosen.size() && ++chosen[i] == choices[i].candidates->size()) chosen[i++] = 0;
    if (i == chosen.size()) return best;
  }
}

TEST(Knapsack, FindsWhatTryingEverySetFinds) {
  std::mt19937 random(7);
  int fitting = 0, impossible = 0;
  for (int round = 0; round < 1500; ++round) {
    const auto nodes = random_candidates(random);
    const auto choices = choices_of(nodes, random);
    const std::int64_t limit = 200 + static_cast<std::int64_t>(random() % 1600);
    const double best = fewest_cycles(choices, limit);
    const auto found = fastest_within(choices, limit);
    ASSERT_EQ(found.has_value(), best >= 0) << "round " << round;
    ++(found ? fitting : impossible);
    if (!found) continue;
    EXPECT_LE(flash_of(choices, *found), limit) << "round " << round;
    EXPECT_EQ(cycles_of(choices, *found), best) << "round " << round;
  }
  EXPECT_GT(fitting, 500);
  EXPECT_GT(impossible, 50);
}

TEST(Knapsack, WithoutALimitEveryNodeTakesItsFastest) {
  std::mt19937 random(8);
  const auto nodes = random_candidates(random);
  std::vector<Choice> choices;
  for (const auto& candidates : nodes) choices.push_back({&candidates, std::vector<bool>(candidates.size(), true)});
  EXPECT_EQ(fastest_within(choices, std::nullopt), std::vector<std::size_t>(nodes.size(), 0));
}

}  // namespace
}  // namespace mote::test
