#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/widen_weights.hpp"

namespace mote::test {
namespace {

TEST(WidenWeights, FloatLayersHaveFloatWeightsAgain) {
  FloatBuilder b(1);
  const TensorId x = b.float_input({1, 3});
  const TensorId weights = b.constant<std::int8_t>({2, 3}, {1, 2, 3, -4, 5, -127}, {{0.5F, 0.25F}, {0, 0}, 0});
  b.output(b.op("fully_connected", {x, weights, kNoTensor}));
  const Graph graph = b.finish();
  Graph widened = graph;
  EXPECT_EQ(widen_weights(widened), 1);
  verify(widened);
  const auto values = NodeView(widened, widened.nodes[0]).input(1).values<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()), (std::vector<float>{0.5F, 1.0F, 1.5F, -1.0F, 1.25F, -31.75F}));
  for (const auto& sample : random_samples(graph, 3, 2)) EXPECT_EQ(float_answers(graph, sample), float_answers(widened, sample));
}

}  // namespace
}  // namespace mote::test
