#include "select/plan.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"

namespace mote::test {
namespace {

TEST(Plan, ViewsHaveNoStep) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4, 4, 1});
  const TensorId flat = builder.node("reshape", {in, builder.integers({1, 16})});
  builder.output(builder.node("relu", {flat}));
  const Plan plan = make_plan(builder.finish(), find_target("cortex-m4"));
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].node, 1U);
}

TEST(Plan, EqualConstantsCountOnce) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 4});
  const TensorId same = builder.constant<std::int8_t>({1, 4}, {1, 2, 3, 4}, quantized(0.5F));
  const TensorId copy = builder.constant<std::int8_t>({1, 4}, {1, 2, 3, 4}, quantized(0.5F));
  builder.output(builder.node("add", {builder.node("add", {in, same}), copy}));
  EXPECT_EQ(make_plan(builder.finish(), find_target("cortex-m4")).constant_bytes(), 4);
}

TEST(Plan, EveryArgumentHasAPlace) {
  for (std::uint32_t seed = 500; seed < 600; ++seed) {
    const Plan plan = make_plan(random_graph(seed), find_target("cortex-m4"));
    for (const Step& step : plan.steps) {
      const Node& node = plan.graph.nodes[step.node];
      for (const KernelArgument& argument : step.call.arguments) {
        const bool is_input = argument.kind == KernelArgument::Kind::kInput;
        if (!is_input && argument.kind != KernelArgument::Kind::kOutput) continue;
        const TensorId id = (is_input ? node.inputs : node.outputs)[static_cast<std::size_t>(argument.index)];
        ASSERT_GE(plan.memory.tensor_offsets[static_cast<std::size_t>(id)], 0) << "seed " << seed << ", " << node.name;
      }
    }
  }
}

}  // namespace
}  // namespace mote::test
