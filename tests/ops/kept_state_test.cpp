// Operators that keep state: reference, library on this machine and libraries on boards give the same bits, run after run,
// through gaps, lessons and restorations.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"
#include "common/state_nodes.hpp"
#include "common/values.hpp"
#include "emulate/boards.hpp"
#include "emulate/run_model.hpp"

namespace mote::test {
namespace {

std::vector<float> floats(Random& random, std::size_t count, float lowest, float highest) {
  std::vector<float> values(count);
  for (float& value : values) value = lowest + (highest - lowest) * random.fraction();
  return values;
}

/// A node of every such operator on one vector of features, with random sizes, attributes and parameters; then decisions on a few
/// of the scores.
class EveryOperator {
 public:
  explicit EveryOperator(std::uint32_t seed) : random_(seed), n_(random_.between(1, 6)) {
    graph_.name = "every";
    features_ = add_input(graph_, {n_});
    add_running();
    add_fitted();
    add_half_space_trees();
    add_learning();
    add_decisions();
    verify(graph_);
  }
  const Graph& graph() const { return graph_; }

  /// Values around a few modes, which drift; now and then an outlier, no number, a gap, a restoration or a lesson.
  std::vector<Inference> inferences(std::size_t count) {
    std::vector<Inference> result(count);
    for (std::size_t i = 0; i < count; ++i) {
      const float mode = static_cast<float>(random_.between(0, 2));
      std::vector<float> values = floats(random_, static_cast<std::size_t>(n_), mode, mode + 0.7F);
      if (random_.one_in(15)) values[random_.below(static_cast<std::uint32_t>(n_))] = random_.one_in(2) ? 1e4F : -40;
      if (random_.one_in(25)) values[0] = random_.pick<float>({NAN, INFINITY, 1e20F, -0.0F, 1e-40F});
      result[i].inputs = {bytes_of(values)};
      result[i].events.restart_before = i > 0 && random_.one_in(20);
      result[i].events.restore_before = i > 0 && random_.one_in(20);
      const bool learnable = std::all_of(values.begin(), values.end(), [](float value) { return std::abs(value) <= 1e9F; });
      if (learnable && random_.one_in(3)) result[i].events.teach = static_cast<std::int32_t>(mode);
    }
    return result;
  }

 private:
  TensorId node(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes) {
    return add_node(graph_, op, std::move(inputs), attributes)[0];
  }
  TensorId constant(Shape shape, float lowest, float highest) {
    return add_constant<float>(graph_, shape, floats(random_, static_cast<std::size_t>(element_count(shape)), lowest, highest));
  }

  void add_running() {
    baseline_ = node("running_baseline", {features_},
                     {{"short_gain", 0.3F},
                      {"long_gain", 0.01F + 0.02F * random_.fraction()},
                      {"spread_gain", 0.02F},
                      {"most_step", 2.5F},
                      {"warm_up", random_.between(1, 20)}});
    scores_.push_back(node("running_gaussian", {features_},
                           {{"gain", 0.02F}, {"most_distance", 9.0F}, {"warm_up", 2 * n_ + random_.between(0, 9)}}));
    scores_.push_back(node("running_centres", {features_},
                           {{"centres", random_.between(1, 4)}, {"gain", 0.05F}, {"apart", 0.8F}, {"follow", 2.0F}}));
  }
  void add_fitted() {
    scores_.push_back(node("mahalanobis", {features_, constant({n_}, 0, 3), constant({n_, n_}, -2, 2)}, {}));
    const std::int32_t k = random_.between(1, 4);
    scores_.push_back(
        node("nearest_centre", {features_, constant({k, n_}, 0, 3), constant({n_}, 0, 2), constant({k}, 0.1F, 1)}, {}));
    for (const std::int32_t width : {n_, n_ * (n_ + 1) / 2}) {
      scores_.push_back(node("gaussian_mixture",
                             {features_, constant({k, n_}, 0, 3), constant({k, width}, 0.1F, 3), constant({k}, -4, 1)}, {}));
    }
    scores_.push_back(node("reconstruction_error", {features_, baseline_}, {}));
    scores_.push_back(node("isolation_score", {scores_.back()}, {{"factor", 0.1F + random_.fraction()}}));
  }
  void add_half_space_trees() {
    const std::int32_t depth = random_.between(1, 5), trees = random_.between(1, 4), inner = (1 << depth) - 1;
    std::vector<std::int16_t> dimensions(static_cast<std::size_t>(trees * inner));
    for (auto& each : dimensions) each = static_cast<std::int16_t>(random_.between(0, n_ - 1));
    const TensorId looks_at = add_constant<std::int16_t>(graph_, {trees, inner}, dimensions);
    scores_.push_back(node("half_space_trees", {features_, looks_at, constant({trees, inner}, 0, 3)},
                           {{"depth", depth}, {"window", random_.between(5, 30)}, {"size_limit", random_.between(0, 5)}}));
  }
  void add_learning() {
    node("nearest_prototypes", {features_}, {{"classes", 4}});
    node("nearest_examples", {features_}, {{"classes", 3}, {"capacity", random_.between(2, 7)}});
    likelihoods_ = add_node(graph_, "last_layer", {features_}, {{"classes", 3}, {"rate", 0.8F}, {"decay", 0.01F}})[1];
  }
  void add_decisions() {
    for (const TensorId id : {baseline_, scores_[3], likelihoods_}) {
      const auto count = static_cast<std::int32_t>(graph_.tensor(id).elements());
      std::vector<float> on = floats(random_, static_cast<std::size_t>(count), 0.3F, 0.6F), off = on;
      for (float& value : off) value -= 0.3F * random_.fraction();
      if (random_.one_in(2)) on.back() = INFINITY;
      const TensorId thresholds = add_constant<float>(graph_, {count}, on), below = add_constant<float>(graph_, {count}, off);
      node("detect_events", {id, thresholds, below},
           {{"average", random_.between(1, 4)},
            {"debounce", random_.between(1, 3)},
            {"refractory", random_.between(0, 4)},
            {"warm_up", random_.between(0, 3)}});
    }
    const TensorId voted =
        node("majority_vote", {likelihoods_}, {{"length", random_.between(1, 6)}, {"warm_up", random_.between(0, 3)}});
    node("majority_vote", {voted}, {{"length", 3}});
  }

  Random random_;
  std::int32_t n_;
  Graph graph_;
  TensorId features_ = 0, baseline_ = 0, likelihoods_ = 0;
  std::vector<TensorId> scores_;
};

void expect_same_bits(const Target& target, std::uint32_t seed, std::size_t count) {
  EveryOperator every(seed);
  const std::vector<Inference> inferences = every.inferences(count);
  const RunResult expected = run_model(make_plan(every.graph(), find_target("reference")), inferences, false);
  const RunResult actual = run_model(make_plan(every.graph(), target), inferences, false);
  for (std::size_t o = 0; o < every.graph().outputs.size(); ++o) {
    if (every.graph().tensor(every.graph().outputs[o]).type != DataType::kFloat32)
      continue;  // events are rare with some thresholds
    const auto differs = [&](const std::vector<Bytes>& run) { return run[o] != expected.outputs[0][o]; };
    EXPECT_GT(std::count_if(expected.outputs.begin(), expected.outputs.end(), differs), 10)
        << "output " << o << ", seed " << seed;
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t o = 0; o < every.graph().outputs.size(); ++o) {
      const TensorId id = every.graph().outputs[o];
      const auto made = std::find_if(every.graph().nodes.begin(), every.graph().nodes.end(), [&](const Node& node) {
        return std::find(node.outputs.begin(), node.outputs.end(), id) != node.outputs.end();
      });
      ASSERT_EQ(actual.outputs[i][o], expected.outputs[i][o]) << made->name << ", run " << i << ", seed " << seed;
    }
  }
}

TEST(KeptState, TheLibraryOnThisMachineGivesTheReferencesBits) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) expect_same_bits(host(), seed, 400);
}

class KeptStateOnBoard : public testing::TestWithParam<std::string_view> {};

TEST_P(KeptStateOnBoard, GivesTheReferencesBits) { expect_same_bits(find_target(GetParam()), 0, 300); }

INSTANTIATE_TEST_SUITE_P(Boards, KeptStateOnBoard, testing::Values("cortex-m0plus", "cortex-m4", "cortex-m55"),
                         [](const auto& info) {
                           std::string name(info.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(KeptState, AStateThatDoesNotFitIsNamed) {
  Graph graph;
  const TensorId in = add_input(graph, {3});
  add_node(graph, "running_centres", {in}, {{"centres", 2}});
  graph.tensor(graph.nodes[0].inputs[1]).lasting = false;
  EXPECT_TRUE(
      contains(error_of([&] { verify(graph); }),
               "tensor 'running_centres_0/centres' (float32 2x3) cannot hold the centres: that is a lasting state float32 2x3"));
}

}  // namespace
}  // namespace mote::test
