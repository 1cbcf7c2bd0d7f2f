#include <cmath>

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "emulate/run_model.hpp"
#include "ops/evaluate.hpp"
#include "select/plan.hpp"

namespace mote::test {
namespace {

/// The text of a graph with a NEAREST_NEIGHBORS over these points.
Graph graph_of(DataType type, std::int32_t features, const std::vector<float>& points, std::int32_t k) {
  GraphBuilder b;
  const TensorId x = b.input({1, features}, {}, type);
  const TensorId stored = b.constant<float>({static_cast<std::int32_t>(points.size()) / features, features}, points);
  Graph graph = b.graph();
  graph.inputs = {x};
  Tensor distances, indices;
  distances.name = "distances";
  indices.name = "indices";
  indices.type = DataType::kInt32;
  distances.shape = indices.shape = {1, k};
  const TensorId first = graph.add_tensor(distances), second = graph.add_tensor(indices);
  graph.nodes.push_back({"nearest", operator_with("nearest_neighbors", {{"k", k}, {"root", true}}), {x, stored}, {first, second}});
  graph.outputs = {first, second};
  verify(graph);
  return graph;
}

TEST(NearestNeighbors, EveryImplementationFindsTheReferencesPoints) {
  for (const DataType type : {DataType::kUint8, DataType::kInt8}) {
    for (const std::int32_t features : {1, 4, 7, 16}) {
      Random random(static_cast<std::uint32_t>(features));
      const std::int32_t lowest = type == DataType::kUint8 ? 0 : -128;
      std::vector<float> points;
      for (std::int32_t i = 0; i < 30 * features; ++i) points.push_back(static_cast<float>(random.between(lowest, lowest + 255)));
      const Graph graph = graph_of(type, features, points, 4);
      std::vector<Inference> inferences;
      for (int n = 0; n < 10; ++n) inferences.push_back({{random.bytes(static_cast<std::size_t>(features))}});
      const std::vector<Plan> plans = make_plans_of_every_rank(graph, find_target("cortex-m4"));
      ASSERT_EQ(plans.size(), 2U);
      for (const Plan& plan : plans) {
        const RunResult run = run_model(plan, inferences, false);
        for (std::size_t i = 0; i < inferences.size(); ++i)
          EXPECT_EQ(run.outputs[i], Evaluator(graph).run(inferences[i].inputs)) << plan.steps[0].implementation << " " << features;
      }
    }
  }
}

}  // namespace
}  // namespace mote::test
