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

/// A convolution that several implementations can run on a Cortex-M4.
Graph convolution() {
  GraphBuilder builder;
  const TensorId x = builder.input({1, 12, 12, 8}, quantized(0.5F, -3));
  std::vector<std::int8_t> values(16 * 3 * 3 * 8);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(i * 37 % 201 - 100);
  const TensorId w = builder.constant(Shape{16, 3, 3, 8}, values, quantized(0.01F));
  const TensorId b = builder.constant(Shape{16}, std::vector<std::int32_t>(16, 5));
  builder.output(builder.node("conv_2d", {x, w, b}, {{"padding", Padding{Padding::Kind::kSame}}}, quantized(2.0F)));
  return builder.finish();
}

std::string failure(const SelectionOptions& options) {
  try {
    make_plan(convolution(), find_target("cortex-m4"), options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, RunsALayerAsForced) {
  const std::string layer = convolution().nodes[0].name;
  SelectionOptions options;
  options.forced = {{layer, "conv_2d.direct"}};
  EXPECT_EQ(make_plan(convolution(), find_target("cortex-m4"), options).steps[0].implementation, "conv_2d.direct");
  options.forced = {{"*", "conv_2d.packed"}};
  EXPECT_EQ(make_plan(convolution(), find_target("cortex-m4"), options).steps[0].implementation, "conv_2d.packed");
}

TEST(Plan, SaysWhatCannotBeForced) {
  SelectionOptions options;
  options.forced = {{"nothing", "conv_2d.direct"}};
  EXPECT_NE(failure(options).find("there is no layer 'nothing'"), std::string::npos);
  options.forced = {{"*", "conv_2d.mve"}};
  EXPECT_NE(failure(options).find("it can run as: "), std::string::npos);
}

TEST(Plan, KeepsToBudgetsOrSaysWhatIsNeeded) {
  const Target& target = find_target("cortex-m4");
  const Plan fastest = make_plan(convolution(), target);
  SelectionOptions options;
  options.flash_bytes = fastest.constant_bytes() + fastest.predicted_code_bytes - 1;
  const Plan smaller = make_plan(convolution(), target, options);
  EXPECT_LE(smaller.constant_bytes() + smaller.predicted_code_bytes, *options.flash_bytes);
  EXPECT_GT(smaller.steps[0].predicted_cycles, fastest.steps[0].predicted_cycles);
  options.flash_bytes = 500;
  EXPECT_NE(failure(options).find("does not fit 500 bytes of flash"), std::string::npos);
  options = {};
  options.ram_bytes = 12 * 12 * 24;
  const Plan lean = make_plan(convolution(), target, options);
  EXPECT_LE(lean.memory.arena_bytes + lean.stack_scratch_bytes(), *options.ram_bytes);
  options.ram_bytes = 12 * 12 * 16 - 8;  // the output alone
  EXPECT_NE(failure(options).find("bytes of RAM"), std::string::npos);
}

TEST(Plan, EveryRankIsAPlan) {
  const std::vector<Plan> plans = make_plans_of_every_rank(convolution(), find_target("cortex-m4"));
  ASSERT_EQ(plans.size(), plans[0].alternatives[0].size());
  ASSERT_GT(plans.size(), 3U);
  for (std::size_t rank = 0; rank < plans.size(); ++rank) {
    EXPECT_EQ(plans[rank].steps[0].implementation, plans[rank].alternatives[0][rank].implementation);
  }
}

TEST(Plan, OfARankTakesTheLastCandidateWhereThereAreFewer) {
  const std::vector<Plan> plans = make_plans_of_every_rank(random_graph(501), find_target("cortex-m4"));
  for (std::size_t rank = 0; rank < plans.size(); ++rank) {
    for (const Step& step : plans[rank].steps) {
      const auto& alternatives = plans[rank].alternatives[step.node];
      EXPECT_EQ(step.implementation, alternatives[std::min(rank, alternatives.size() - 1)].implementation);
    }
  }
}

}  // namespace
}  // namespace mote::test
