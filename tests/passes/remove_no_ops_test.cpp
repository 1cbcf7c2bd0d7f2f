#include "passes/remove_no_ops.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

std::string after(std::string_view text) {
  Graph graph = graph_of(text);
  remove_no_ops(graph);
  prune(graph);
  verify(graph);
  return print_graph(graph);
}

TEST(RemoveNoOps, DropsReshapesAndQuantizationsThatChangeNothing) {
  EXPECT_EQ(after(R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "same shape" scale=[0.5] zero_point=[1]
tensor %2 int8 1x4 "relu" scale=[0.5] zero_point=[1]
tensor %3 int8 1x4 "same scale" scale=[0.5] zero_point=[1]
inputs (%0)
node reshape "r" (%0) -> (%1) new_shape=[1,4]
node relu "relu" (%1) -> (%2)
node quantize "q" (%2) -> (%3)
outputs (%3)
)"),
            R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "relu" scale=[0.5] zero_point=[1]
inputs (%0)
node relu "relu" (%0) -> (%1)
outputs (%1)
)");
}

TEST(RemoveNoOps, KeepsWhatChangesShapeOrScale) {
  constexpr std::string_view text = R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 4 "flat" scale=[0.5] zero_point=[1]
tensor %2 int8 4 "scaled" scale=[0.25] zero_point=[1]
tensor %3 int8 4 "moved" scale=[0.25] zero_point=[2]
inputs (%0)
node reshape "r" (%0) -> (%1) new_shape=[4]
node quantize "q" (%1) -> (%2)
node quantize "p" (%2) -> (%3)
outputs (%3)
)";
  EXPECT_EQ(after(text), text);
}

TEST(RemoveNoOps, KeepsTheLastNodeBetweenAnInputAndAnOutput) {
  EXPECT_EQ(after(R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "middle" scale=[0.5] zero_point=[1]
tensor %2 int8 1x4 "out" scale=[0.5] zero_point=[1]
inputs (%0)
node reshape "r" (%0) -> (%1) new_shape=[1,4]
node reshape "s" (%1) -> (%2) new_shape=[1,4]
outputs (%2)
)"),
            R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "out" scale=[0.5] zero_point=[1]
inputs (%0)
node reshape "s" (%0) -> (%1) new_shape=[1,4]
outputs (%1)
)");
}

TEST(RemoveNoOps, EveryReaderReadsTheInputInstead) {
  EXPECT_EQ(after(R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "relu" scale=[0.5] zero_point=[1]
tensor %2 int8 1x4 "same" scale=[0.5] zero_point=[1]
tensor %3 int8 1x4 "a" scale=[0.5] zero_point=[1]
tensor %4 int8 1x4 "b" scale=[0.5] zero_point=[1]
inputs (%0)
node relu "relu" (%0) -> (%1)
node reshape "r" (%1) -> (%2) new_shape=[1,4]
node relu "a" (%2) -> (%3)
node relu "b" (%2) -> (%4)
outputs (%3 %4 %2)
)"),
            R"(graph "g"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[1]
tensor %1 int8 1x4 "relu" scale=[0.5] zero_point=[1]
tensor %2 int8 1x4 "a" scale=[0.5] zero_point=[1]
tensor %3 int8 1x4 "b" scale=[0.5] zero_point=[1]
inputs (%0)
node relu "relu" (%0) -> (%1)
node relu "a" (%1) -> (%2)
node relu "b" (%1) -> (%3)
outputs (%2 %3 %1)
)");
}

// A no-op that reads state tells what the state was before a later node changes it.
TEST(RemoveNoOps, KeepsWhatReadsState) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId state = builder.state({1, 6}, quantized(0.5F), DataType::kInt8);
  builder.output(builder.node("reshape", {state, builder.integers({1, 6})}));
  const TensorId features = builder.constant<std::int8_t>({2, 4}, std::vector<std::int8_t>(8, 1), quantized(0.1F));
  const TensorId times = builder.constant<std::int8_t>({2, 3}, std::vector<std::int8_t>(6, 1), quantized(0.1F));
  builder.output(builder.node("svdf", {in, features, times, kNoTensor, state}, {{"rank", 1}}));
  Graph graph = builder.finish();
  EXPECT_FALSE(remove_no_ops(graph));
}

}  // namespace
}  // namespace mote::test
