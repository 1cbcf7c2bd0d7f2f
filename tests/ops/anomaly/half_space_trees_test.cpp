#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"
#include "common/state_nodes.hpp"
#include "common/values.hpp"

namespace mote::test {
namespace {

/// Trees over one feature that halve [0, 1] twice.
class Halves {
 public:
  Halves(std::int32_t window, std::int32_t size_limit) {
    const TensorId in = add_input(graph_, {1});
    const TensorId looks_at = add_constant<std::int16_t>(graph_, {2, 3}, std::vector<std::int16_t>(6, 0));
    const TensorId thresholds = add_constant<float>(graph_, {2, 3}, {0.5F, 0.25F, 0.75F, 0.5F, 0.25F, 0.75F});
    add_node(graph_, "half_space_trees", {in, looks_at, thresholds},
             {{"depth", 2}, {"window", window}, {"size_limit", size_limit}});
    verify(graph_);
    evaluator_ = std::make_unique<Evaluator>(graph_);
  }
  float next(float value) { return values_of<float>(evaluator_->run({bytes_of<float>({value})})[0])[0]; }

 private:
  Graph graph_;
  std::unique_ptr<Evaluator> evaluator_;
};

TEST(HalfSpaceTrees, ScoresByTheMassesOfTheWindowBefore) {
  // Three of four in the first quarter, one in the last.
  Halves trees(4, 0);
  for (const float value : {0.1F, 0.2F, 0.9F, 0.1F}) EXPECT_EQ(trees.next(value), 0) << "the first window only counts";
  EXPECT_EQ(trees.next(0.1F), 1 - 3.0F * 4 / 16);  // the leaf's mass times 2^2, of at most 4 * 2^2
  EXPECT_EQ(trees.next(0.9F), 1 - 1.0F * 4 / 16);
  EXPECT_EQ(trees.next(0.3F), 1);
  EXPECT_EQ(trees.next(0.3F), 1);
  // The second window: one in the first quarter, two in the second, one in the last.
  EXPECT_EQ(trees.next(0.3F), 1 - 2.0F * 4 / 16);
}

TEST(HalfSpaceTrees, SmallNodesCountAsLeaves) {
  Halves trees(4, 1);
  for (const float value : {0.1F, 0.2F, 0.9F, 0.1F}) trees.next(value);
  EXPECT_EQ(trees.next(0.6F), 1 - 1.0F * 2 / 16) << "the right half holds one: mass times 2^1";
}

TEST(HalfSpaceTrees, AnOutlierScoresHigherThanWhatIsUsual) {
  Random random(1);
  Halves trees(100, 5);
  for (int i = 0; i < 300; ++i) trees.next(0.25F * random.fraction());
  EXPECT_GT(trees.next(0.95F), trees.next(0.1F) + 0.5F);
}

}  // namespace
}  // namespace mote::test
