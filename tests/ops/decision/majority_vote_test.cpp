#include <gtest/gtest.h>

#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote::test {
namespace {

/// What is voted, and the events, when runs name these classes of three.
std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> votes(OneNode& node, const std::vector<std::size_t>& named) {
  std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> result;
  for (const std::size_t c : named) {
    std::vector<float> scores(3, 0.1F);
    scores[c] = 0.9F;
    const auto outputs = node.run(scores);
    result.first.push_back(values_of<std::int32_t>(outputs[0])[0]);
    result.second.push_back(values_of<std::int32_t>(outputs[1])[0]);
  }
  return result;
}

TEST(MajorityVote, NamesTheMostFrequentAndOfEqualsTheLast) {
  OneNode node("majority_vote", 3, {{"length", 4}});
  const auto [voted, events] = votes(node, {0, 1, 0, 2, 2, 1, 1});
  EXPECT_EQ(voted, (std::vector<std::int32_t>{0, 1, 0, 0, 2, 2, 1}));
  EXPECT_EQ(events, (std::vector<std::int32_t>{0, 1, 0, -1, 2, -1, 1}));
}

TEST(MajorityVote, AGapForgetsAll) {
  OneNode node("majority_vote", 3, {{"length", 4}});
  votes(node, {0, 0, 0});
  node.evaluator().restart();
  EXPECT_EQ(votes(node, {1}).first, (std::vector<std::int32_t>{1}));
}

TEST(MajorityVote, NothingIsNamedWhileItWarmsUpAndAgainAfterAGap) {
  OneNode node("majority_vote", 3, {{"length", 3}, {"warm_up", 2}});
  EXPECT_EQ(votes(node, {0, 0, 1, 2}).first, (std::vector<std::int32_t>{-1, -1, 1, 2}));
  node.evaluator().restart();
  EXPECT_EQ(votes(node, {0, 0, 1}).second, (std::vector<std::int32_t>{-1, -1, 1}));
}

TEST(MajorityVote, TakesAClassOrNone) {
  Graph graph;
  const TensorId in = graph.add_tensor({"class", DataType::kInt32, {1}, {}, nullptr});
  graph.inputs = {in};
  add_node(graph, "majority_vote", {in}, {{"length", 3}});
  verify(graph);
  Evaluator evaluator(graph);
  const auto voted = [&](std::int32_t named) {
    return values_of<std::int32_t>(evaluator.run({bytes_of<std::int32_t>({named})})[0])[0];
  };
  EXPECT_EQ(voted(-1), -1);
  EXPECT_EQ(voted(7), 7);
  EXPECT_EQ(voted(-1), 7);
  EXPECT_EQ(voted(-1), 7);
  EXPECT_EQ(voted(-1), -1);
}

}  // namespace
}  // namespace mote::test
