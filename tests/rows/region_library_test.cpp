#include <algorithm>

#include <gtest/gtest.h>

#include "common/library_check.hpp"
#include "common/random_rows.hpp"
#include "emulate/boards.hpp"
#include "emulate/run_model.hpp"
#include "select/selection.hpp"

namespace mote::test {
namespace {

/// Graphs side by side in one, so that one library holds them all.
Graph side_by_side(const std::vector<Graph>& graphs) {
  Graph all;
  all.name = "rows";
  for (const Graph& each : graphs) {
    const auto offset = static_cast<TensorId>(all.tensors.size());
    const auto moved = [&](TensorId id) { return id == kNoTensor ? id : id + offset; };
    const std::string prefix = "g" + std::to_string(offset) + "_";
    for (Tensor tensor : each.tensors) {
      tensor.name = prefix + tensor.name;
      all.tensors.push_back(std::move(tensor));
    }
    for (Node node : each.nodes) {
      node.name = prefix + node.name;
      for (TensorId& id : node.inputs) id = moved(id);
      for (TensorId& id : node.outputs) id = moved(id);
      all.nodes.push_back(std::move(node));
    }
    for (const TensorId id : each.inputs) all.inputs.push_back(moved(id));
    for (const TensorId id : each.outputs) all.outputs.push_back(moved(id));
  }
  verify(all);
  return all;
}

Plan plan_by_rows(const Graph& graph, const Target& target, std::vector<RowRegion> regions, std::size_t rank) {
  const SelectionOptions options;
  CandidateTable table(graph, target, options.kernels, options.tuning, true);
  Selection selection(graph, table, options, std::move(regions));
  selection.take_rank(rank);
  Plan plan{graph, target, {}, {}, {}, 0, {}};
  selection.write_to(plan);
  return plan;
}

void expect_equals_reference(const Plan& plan, std::uint32_t seed) {
  const auto inputs = random_inputs(plan.graph, seed, 2);
  std::vector<Inference> inferences;
  for (const auto& each : inputs) inferences.push_back({.inputs = each});
  const RunResult result = run_model(plan, inferences, false);
  Evaluator reference(plan.graph);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    const auto expected = reference.run(inputs[n]);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(result.outputs[n][i], expected[i]) << plan.graph.tensor(plan.graph.outputs[i]).name << " on " << plan.target.name;
  }
}

struct Case {
  const char* target;
  std::uint32_t seed;
  std::size_t rank;
};

class RegionLibrary : public testing::TestWithParam<Case> {};

TEST_P(RegionLibrary, GivesWhatTheModelGives) {
  const Case& each = GetParam();
  std::vector<Graph> graphs;
  for (std::uint32_t i = 0; i < 10; ++i) graphs.push_back(random_image_graph(100 * each.seed + i, 24));
  const Graph graph = side_by_side(graphs);
  Random random(each.seed);
  const auto regions = random_regions(graph, random);
  ASSERT_GE(regions.size(), 5U);
  expect_equals_reference(plan_by_rows(graph, find_target(each.target), regions, each.rank), each.seed);
}

INSTANTIATE_TEST_SUITE_P(Targets, RegionLibrary,
                         testing::Values(Case{"host", 1, 0}, Case{"host", 2, 1}, Case{"cortex-m4", 3, 0}, Case{"cortex-m4", 4, 1}, Case{"cortex-m4", 5, 2},
                                         Case{"cortex-m55", 6, 0}, Case{"cortex-m55", 7, 1}, Case{"cortex-m0plus", 8, 0}, Case{"cortex-m0plus", 9, 1}, Case{"rv32imc", 10, 0}),
                         [](const auto& info) {
                           std::string name = std::string(info.param.target) + "_rank" + std::to_string(info.param.rank);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(FedLibrary, TakesItsInputRowByRow) {
  for (const char* target : {"host", "cortex-m4"}) {
    for (std::uint32_t seed = 1;; ++seed) {
      const Graph graph = random_image_graph(seed, 20);
      Random random(seed);
      const auto regions = random_regions(graph, random, true);
      if (regions.empty() || !regions[0].fed) continue;
      expect_equals_reference(plan_by_rows(graph, find_target(target), regions, 0), seed);
      break;
    }
  }
}

}  // namespace
}  // namespace mote::test
