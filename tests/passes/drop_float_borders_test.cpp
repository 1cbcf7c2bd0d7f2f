#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/print.hpp"
#include "passes/passes.hpp"

namespace mote::test {
namespace {

TEST(DropFloatBorders, QuantizedValuesGoInAndComeOut) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 float32 1x4 "in"
tensor %1 int8 1x4 "quantized" scale=[0.5] zero_point=[3]
tensor %2 int8 1x4 "relu" scale=[0.5] zero_point=[3]
tensor %3 float32 1x4 "out"
inputs (%0)
node quantize "q" (%0) -> (%1)
node relu "relu" (%1) -> (%2)
node dequantize "d" (%2) -> (%3)
outputs (%3)
)");
  EXPECT_EQ(drop_float_borders(graph), 2);
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 int8 1x4 "quantized" scale=[0.5] zero_point=[3]
tensor %1 int8 1x4 "relu" scale=[0.5] zero_point=[3]
inputs (%0)
node relu "relu" (%0) -> (%1)
outputs (%1)
)");
}

TEST(DropFloatBorders, LeavesQuantizedAndFloatModelsAlone) {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  EXPECT_EQ(drop_float_borders(graph), 0);

  GraphBuilder real;
  real.output(real.node("relu", {real.input({1, 4}, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  graph = real.finish();
  EXPECT_EQ(drop_float_borders(graph), 0);
  EXPECT_TRUE(is_float(graph.tensor(graph.inputs[0]).type));
}

TEST(DropFloatBorders, KeepsAnInputThatIsReadAsFloatToo) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4}, {}, DataType::kFloat32);
  builder.output(builder.node("quantize", {in}));
  builder.output(builder.node("relu", {in}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  EXPECT_EQ(drop_float_borders(graph), 0);
}

TEST(DropFloatBorders, KeepsTheDequantizeThatSomethingElseReads) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId real = builder.node("dequantize", {builder.node("relu", {in})}, {}, {}, DataType::kFloat32);
  builder.output(real);
  builder.output(builder.node("tanh", {real}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  EXPECT_EQ(drop_float_borders(graph), 1);
  EXPECT_EQ(graph.nodes.size(), 3U);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).type, DataType::kInt8);
  EXPECT_EQ(graph.tensor(graph.outputs[1]).type, DataType::kFloat32);
}

TEST(DropFloatBorders, AModelThatOnlyConvertsKeepsABorder) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4}, {}, DataType::kFloat32);
  builder.output(builder.node("dequantize", {builder.node("quantize", {in})}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  drop_float_borders(graph);
  EXPECT_NO_THROW(verify(graph));
  EXPECT_EQ(graph.nodes.size(), 1U);
}

}  // namespace
}  // namespace mote::test
