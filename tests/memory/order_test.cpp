#include "memory/order.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "common/arena_check.hpp"
#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"

namespace mote::test {
namespace {

/// Calls `visit` with every order in which the nodes can run. `earlier(a, b)`: whether b must run after a.
void for_each_order(std::size_t count, const std::function<bool(std::size_t, std::size_t)>& earlier,
                    const std::function<void(const std::vector<std::size_t>&)>& visit) {
  std::vector<std::size_t> order;
  std::vector<bool> ran(count, false);
  const std::function<void()> extend = [&] {
    if (order.size() == count) return visit(order);
    for (std::size_t node = 0; node < count; ++node) {
      if (ran[node]) continue;
      bool ready = true;
      for (std::size_t other = 0; other < count; ++other) ready = ready && (ran[other] || !earlier(other, node));
      if (!ready) continue;
      ran[node] = true;
      order.push_back(node);
      extend();
      order.pop_back();
      ran[node] = false;
    }
  };
  extend();
}

bool reads_result_of(const Graph& graph, std::size_t earlier, std::size_t later) {
  const auto& inputs = graph.nodes[later].inputs;
  return std::any_of(inputs.begin(), inputs.end(), [&](TensorId id) { return id == graph.nodes[earlier].outputs[0]; });
}

/// Rows of values that meet and part again, without views.
Graph branching_graph(std::uint32_t seed) {
  Random random(seed);
  GraphBuilder builder;
  std::vector<TensorId> made{builder.input({1, 4 * random.between(1, 8)})};
  const auto width = [&](TensorId id) { return builder.tensor(id).shape[1]; };
  const int count = random.between(3, 7);
  for (int i = 0; i < count; ++i) {
    const TensorId x = random.pick(made);
    const TensorId y = random.pick(made);
    const int kind = random.between(0, 3);
    if (kind == 0) {
      made.push_back(builder.node("relu", {x}));
    } else if (kind == 1 && x != y && width(x) == width(y)) {
      made.push_back(builder.node("add", {x, y}));
    } else if (kind == 2 && x != y) {
      const std::int32_t units = 4 * random.between(1, 8);
      const auto matrix = [&](TensorId id) {
        return builder.constant<std::int8_t>(
            {units, width(id)}, std::vector<std::int8_t>(static_cast<std::size_t>(units * width(id)), 1), quantized(0.1F));
      };
      made.push_back(builder.node("fully_connected", {x, matrix(x), kNoTensor}));
      made.push_back(builder.node("fully_connected", {y, matrix(y), kNoTensor}));
      made.push_back(builder.node("add", {made[made.size() - 1], made[made.size() - 2]}));
    } else {
      const std::int32_t units = 4 * random.between(1, 8);
      const TensorId weights = builder.constant<std::int8_t>(
          {units, width(x)}, std::vector<std::int8_t>(static_cast<std::size_t>(units * width(x)), 1), quantized(0.1F));
      made.push_back(builder.node("fully_connected", {x, weights, kNoTensor}));
    }
  }
  const auto read = consumers(builder.graph());
  for (const TensorId id : made) {
    if (id != made[0] && (read[static_cast<std::size_t>(id)].empty() || random.one_in(8))) builder.output(id);
  }
  return builder.finish();
}

/// The peak by the definition: results from their node on, inputs from the start, each to its last reader, outputs to the end; a
/// sum or a curve lies in the place of an operand that nobody needs afterwards.
std::int64_t defined_peak(const Graph& graph, const std::vector<std::size_t>& order) {
  const std::size_t end = order.size();
  std::vector<std::size_t> first(graph.tensors.size(), end), last(graph.tensors.size(), 0);
  for (std::size_t step = 0; step < end; ++step) {
    const Node& node = graph.nodes[order[step]];
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) last[static_cast<std::size_t>(id)] = step;
    }
    first[static_cast<std::size_t>(node.outputs[0])] = step;
    last[static_cast<std::size_t>(node.outputs[0])] = step;
  }
  for (const TensorId id : graph.inputs) first[static_cast<std::size_t>(id)] = 0;
  for (const TensorId id : graph.outputs) last[static_cast<std::size_t>(id)] = end;
  std::int64_t peak = 0;
  for (std::size_t step = 0; step < end; ++step) {
    const Node& node = graph.nodes[order[step]];
    std::int64_t live = 0;
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
      if (!graph.tensors[i].is_constant() && first[i] <= step && step <= last[i]) live += graph.tensors[i].bytes();
    }
    const std::string_view name = node.op->name();
    const bool in_place =
        (name == "relu" || name == "add") && std::any_of(node.inputs.begin(), node.inputs.end(),
                                                         [&](TensorId id) { return last[static_cast<std::size_t>(id)] == step; });
    peak = std::max(peak, in_place ? live - graph.tensor(node.outputs[0]).bytes() : live);
  }
  return peak;
}

TEST(Order, IsTheBestOfAllOnBranchingGraphs) {
  int better = 0, checked = 0;
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = branching_graph(seed);
    if (graph.nodes.size() > 9) continue;
    std::int64_t least = INT64_MAX;
    for_each_order(
        graph.nodes.size(), [&](std::size_t a, std::size_t b) { return reads_result_of(graph, a, b); },
        [&](const std::vector<std::size_t>& order) { least = std::min(least, defined_peak(graph, order)); });
    const NodeOrder found = best_order(graph);
    ASSERT_EQ(found.peak_bytes, least);
    ASSERT_TRUE(found.proven);
    ASSERT_EQ(defined_peak(graph, found.nodes), least);
    std::vector<std::size_t> given(graph.nodes.size());
    std::iota(given.begin(), given.end(), 0);
    ASSERT_EQ(found.given_peak_bytes, defined_peak(graph, given));
    if (!found.is_better()) {
      ASSERT_EQ(found.nodes, given);
    }
    better += found.is_better() ? 1 : 0;
    ++checked;
  }
  EXPECT_GE(checked, 1000);
  EXPECT_GE(better, 100);
}

TEST(Order, IsTheBestOfAllWithViewsAndStates) {
  constexpr int kMostOrders = 3000;
  int checked = 0;
  for (std::uint32_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    const OrderModel model = order_model(random_graph(seed));
    std::int64_t least = INT64_MAX;
    int orders = 0;
    const auto earlier = [&](std::size_t a, std::size_t b) {
      const auto& later = model.nodes[a].later;
      return orders > kMostOrders || std::find(later.begin(), later.end(), static_cast<std::int32_t>(b)) != later.end();
    };
    for_each_order(model.nodes.size(), earlier, [&](const std::vector<std::size_t>& order) {
      ++orders;
      least = std::min(least, peak_of_order(model, order));
    });
    if (orders > kMostOrders) continue;
    ++checked;
    ASSERT_EQ(best_order(model).peak_bytes, least);
  }
  EXPECT_GE(checked, 300);
}

TEST(Order, ChangesNoResult) {
  int better = 0;
  for (std::uint32_t seed = 0; better < 60; ++seed) {
    ASSERT_LT(seed, 3000U);
    const Graph graph = random_graph(seed);
    const NodeOrder order = best_order(graph);
    if (!order.is_better()) continue;
    SCOPED_TRACE(seed);
    ++better;
    const Graph other = reordered(graph, order);
    verify(other);
    const auto nodes = node_memory(other);
    ASSERT_EQ(arena_fault(other, nodes, plan_memory(other, nodes)), "");
    Evaluator one(graph), two(other);
    Random random(seed);
    for (int run = 0; run < 2; ++run) {
      const std::vector<Bytes> inputs = random_inputs(graph, random);
      ASSERT_EQ(one.run(inputs), two.run(inputs));
    }
  }
}

/// The large result of each branch becomes small at once only if branches run one after another.
Graph fan(GraphBuilder& builder, int branches, std::int32_t wide) {
  const TensorId x = builder.input({1, 8});
  const auto layer = [&](TensorId in, std::int32_t units) {
    const std::int32_t depth = builder.tensor(in).shape[1];
    return builder.node(
        "fully_connected",
        {in,
         builder.constant<std::int8_t>({units, depth}, std::vector<std::int8_t>(static_cast<std::size_t>(units * depth), 1),
                                       quantized(0.1F)),
         kNoTensor});
  };
  std::vector<TensorId> heads;
  for (int i = 0; i < branches; ++i) heads.push_back(layer(x, wide));
  for (TensorId& head : heads) head = layer(head, 4);
  TensorId sum = heads[0];
  for (std::size_t i = 1; i < heads.size(); ++i) sum = builder.node("add", {sum, heads[i]});
  builder.output(sum);
  return builder.finish();
}

TEST(Order, RunsBranchesOneAfterAnother) {
  GraphBuilder builder;
  const NodeOrder order = best_order(fan(builder, 3, 100));
  EXPECT_EQ(order.given_peak_bytes, 308);
  EXPECT_EQ(order.peak_bytes, 8 + 4 + 100 + 4);  // the input, the sum so far, a wide result and what it becomes
  EXPECT_TRUE(order.proven);
}

TEST(Order, OfManyBranchesIsFoundByABeam) {
  GraphBuilder builder;
  const Graph graph = fan(builder, 60, 400);
  const NodeOrder order = best_order(graph);
  EXPECT_EQ(order.peak_bytes, 8 + 4 + 400 + 4);
  EXPECT_EQ(order.nodes, best_order(graph).nodes);
}

/// What must hold of the order whatever it saves: `before` runs before `after`.
void expect_before(const Graph& graph, const NodeOrder& order, std::string_view before, std::string_view after) {
  const auto place = [&](std::string_view name) {
    return std::find_if(order.nodes.begin(), order.nodes.end(), [&](std::size_t node) { return graph.nodes[node].name == name; });
  };
  EXPECT_LT(place(before), place(after)) << before << ", " << after;
}

TEST(Order, KeepsReadersOfAVariableBeforeWhatChangesIt) {
  // Behind the wide layers the copy of the variable would not lie beside them; before "again" the view would not.
  const Graph graph = graph_of(R"(graph "states"
tensor %0 int8 1x8 "x" scale=[0.5] zero_point=[0]
tensor %1 int8 1x8 "variable" scale=[0.5] zero_point=[0] state
tensor %2 int8 1x8 "old" scale=[0.5] zero_point=[0]
tensor %3 int8 1x8 "new" scale=[0.5] zero_point=[0]
tensor %4 int8 1x8 "spare" scale=[0.5] zero_point=[0]
tensor %5 int8 8x1 "view" scale=[0.5] zero_point=[0]
tensor %6 int8 8x1 "wide" scale=[0.5] zero_point=[0]
tensor %7 int32 2 "repeats" constant=0100000020000000
tensor %8 int8 8x32 "wider" scale=[0.5] zero_point=[0]
tensor %9 int32 2 "begin" constant=0000000000000000
tensor %10 int32 2 "size" constant=0800000001000000
tensor %11 int8 8x1 "end" scale=[0.5] zero_point=[0]
tensor %12 int8 1x8 "other" scale=[0.5] zero_point=[0]
tensor %13 int8 1x8 "result" scale=[0.5] zero_point=[0]
tensor %14 int8 1x8 "newer" scale=[0.5] zero_point=[0]
tensor %15 int8 1x8 "sum" scale=[0.5] zero_point=[0]
inputs (%0)
node read_variable "read" (%1) -> (%2)
node assign_variable "assign" (%1 %0) -> (%3)
node reshape "reshape" (%3) -> (%5) new_shape=[8,1]
node relu "relu" (%5) -> (%6)
node tile "tile" (%6 %7) -> (%8)
node slice "slice" (%8 %9 %10) -> (%11)
node reshape "back" (%11) -> (%13) new_shape=[1,8]
node assign_variable "again" (%1 %13) -> (%14)
node add "add" (%13 %2) -> (%15) activation=none
outputs (%15)
)");
  verify(graph);
  const NodeOrder order = best_order(graph);
  expect_before(graph, order, "read", "assign");
  expect_before(graph, order, "relu", "again");
  EXPECT_TRUE(order.proven);
  EXPECT_FALSE(order.is_better());
}

}  // namespace
}  // namespace mote::test
