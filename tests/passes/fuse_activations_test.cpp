#include "passes/fuse_activations.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

TEST(FuseActivations, ReluBecomesAPartOfTheOperatorBeforeIt) {
  Graph graph = graph_of(R"(graph "g"
tensor %0 float32 1x2 "in"
tensor %1 float32 1x2 "sum"
tensor %2 float32 1x2 "out"
inputs (%0)
node add "add" (%0 %0) -> (%1) activation=none
node relu6 "relu" (%1) -> (%2)
outputs (%2)
)");
  EXPECT_TRUE(fuse_activations(graph));
  prune(graph);
  EXPECT_EQ(print_graph(graph), R"(graph "g"
tensor %0 float32 1x2 "in"
tensor %1 float32 1x2 "out"
inputs (%0)
node add "add" (%0 %0) -> (%1) activation=relu6
outputs (%1)
)");
  EXPECT_NO_THROW(verify(graph));
}

/// in -> `op` -> relu -> out, and what else reads the middle.
Graph graph_with(std::string_view op, DataType type, bool read_twice) {
  GraphBuilder b;
  const Quantization quantization = type == DataType::kInt8 ? quantized(0.5F) : Quantization{};
  const TensorId in = b.input({1, 4}, quantization, type);
  const TensorId middle = b.node(op, {in, in}, {}, quantization, type);
  b.output(b.node("relu", {middle}, {}, quantization, type));
  if (read_twice) b.output(middle);
  return b.finish();
}

TEST(FuseActivations, LeavesWhatItMustNotTouch) {
  const auto fuses = [](Graph graph) { return fuse_activations(graph); };
  EXPECT_TRUE(fuses(graph_with("add", DataType::kFloat32, false)));
  EXPECT_FALSE(fuses(graph_with("add", DataType::kFloat32, true))) << "the sum is read before the clamp";
  EXPECT_FALSE(fuses(graph_with("add", DataType::kInt8, false))) << "the scales of both differ as a rule";
  EXPECT_FALSE(fuses(graph_with("maximum", DataType::kFloat32, false))) << "it has no activation";
  EXPECT_FALSE(fuses(graph_with("concatenation", DataType::kFloat32, false))) << "its activation is not supported";
}

}  // namespace
}  // namespace mote::test
