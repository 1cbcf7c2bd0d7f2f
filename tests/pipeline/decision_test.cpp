// [anomaly], [learning] and [decision] of a pipeline: what they build, and what they refuse.

#include <cstring>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "pipeline/fitted_parameters.hpp"
#include "pipeline/read_pipeline.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

/// Two channels of float32, one instant per run, ten runs per second.
constexpr std::string_view kSource = R"(
[source]
rate = 10
channels = 2
format = "float32"
hop = 1
)";

Graph pipeline(const std::string& sections, PipelineScope scope = PipelineScope::kAll, const FittedParameters* fitted = nullptr) {
  return parse_pipeline(std::string(kSource) + sections, "here/pipe.toml", scope, fitted);
}

class Player {
 public:
  explicit Player(const Graph& graph) : graph_(graph), evaluator_(graph_) {}
  /// Output `i` of one run.
  template <typename T>
  T run(float a, float b, std::size_t i = 0) {
    const float values[] = {a, b};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
    const Bytes out = evaluator_.run({Bytes(bytes, bytes + sizeof values)})[i];
    T value;
    std::memcpy(&value, out.data(), sizeof value);
    return value;
  }

 private:
  Graph graph_;
  Evaluator evaluator_;
};

constexpr const char* kThresholds = R"(
[decision]
names = ["quiet", "loud"]
on = [inf, 0.8]
off = 0.5
average = "200 ms"
debounce = 2
refractory = "1 s"
)";

TEST(DecisionSection, MakesEventsOfScores) {
  const Graph graph = pipeline(kThresholds);
  EXPECT_EQ(graph.source->event_output, 0);
  EXPECT_EQ(graph.source->event_names, (std::vector<std::string>{"quiet", "loud"}));
  Player player(graph);
  EXPECT_EQ(player.run<std::int32_t>(9, 1), -1) << "one run above";
  EXPECT_EQ(player.run<std::int32_t>(9, 1), 1);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(player.run<std::int32_t>(9, 0), -1);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(player.run<std::int32_t>(9, 1), -1) << "within a second of the event before";
  EXPECT_EQ(player.run<std::int32_t>(9, 1), 1);
}

TEST(DecisionSection, VotesOverClasses) {
  Player player(pipeline("[decision]\nvote = 3\nnames = [\"a\", \"b\"]\n"));
  EXPECT_EQ(player.run<std::int32_t>(0, 1), 1);
  EXPECT_EQ(player.run<std::int32_t>(0, 1), -1) << "nothing new";
  EXPECT_EQ(player.run<std::int32_t>(1, 0, 1), 1) << "still the majority";
  EXPECT_EQ(player.run<std::int32_t>(1, 0), 0);
}

TEST(DecisionSection, SaysWhatIsWrong) {
  const auto problem = [](const std::string& text) { return error_of([&] { pipeline(text); }); };
  EXPECT_TRUE(contains(problem("[decision]\nnames = [\"a\", \"b\"]\n"), "[decision] on: is missing"));
  EXPECT_TRUE(contains(problem("[decision]\non = [1, 2, 3]\n"), "has 3 thresholds for 2 scores"));
  EXPECT_TRUE(contains(problem("[decision]\non = 1\nnames = [\"a\"]\n"), "has 1 names for 2 scores"));
  EXPECT_TRUE(contains(problem("[decision]\non = 1\noff = 2\n"), "off: 2 of score 0 is above `on`, 1"));
  EXPECT_TRUE(contains(problem("[decision]\non = nan\n"), "no number"));
  EXPECT_TRUE(contains(problem("[decision]\nvote = 3\non = 1\n"), "on: is for thresholds, and this decision votes"));
  EXPECT_TRUE(contains(problem("[decision]\non = 1\nrefractory = \"50 ms\"\n"), "is 0.5 runs, not a whole number"));
  EXPECT_TRUE(contains(problem("[decision]\non = 1\nof = 0\n"), "of: is not known here"));
  EXPECT_TRUE(contains(problem("[decisions]\n"), "there is no section [decisions]"));
}

TEST(AnomalySection, LearnsWhatIsNormal) {
  Player player(pipeline("[anomaly]\nmethod = \"running_baseline\"\nwarm_up = \"2 s\"\nshort_gain = 1\n[decision]\non = 8\n"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(player.run<std::int32_t>(static_cast<float>(i % 3), 5), -1);
  EXPECT_EQ(player.run<std::int32_t>(100, 5), 0);
}

TEST(AnomalySection, TakesFittedParametersAndTheirThreshold) {
  FittedParameters fitted;
  fitted.set("mean", {2}, std::vector<float>{1, 2});
  fitted.set("factor", {2, 2}, std::vector<float>{1, 0, 0, 1});
  fitted.set("threshold", {1}, std::vector<float>{4});
  const TemporaryDirectory directory;
  write_file(directory.path() / "fitted.npz", fitted.bytes());
  write_file(directory.path() / "pipe.toml",
             std::string(kSource) + "[anomaly]\nmethod = \"mahalanobis\"\nparameters = \"fitted.npz\"\n[decision]\n");
  const Graph graph = read_pipeline_file(directory.path() / "pipe.toml");
  EXPECT_EQ(graph.source->event_names, (std::vector<std::string>{"anomaly"}));
  Player player(graph);
  EXPECT_EQ(player.run<std::int32_t>(1, 4), -1) << "4 is not above 4";
  EXPECT_EQ(player.run<std::int32_t>(1, 4.1F), 0);
  Player scores(read_pipeline_file(directory.path() / "pipe.toml", PipelineScope::kScores));
  EXPECT_EQ(scores.run<float>(1, 4), 4);
  Player features(read_pipeline_file(directory.path() / "pipe.toml", PipelineScope::kModel));
  EXPECT_EQ(features.run<float>(1, 4), 1);
}

TEST(AnomalySection, TakesACovarianceFromElsewhere) {
  FittedParameters fitted;
  fitted.set("mean", {2}, std::vector<float>{0, 0});
  fitted.set("covariance", {2, 2}, std::vector<float>{4, 2, 2, 5});
  Player player(pipeline("[anomaly]\nmethod = \"mahalanobis\"\n", PipelineScope::kScores, &fitted));
  EXPECT_NEAR(player.run<float>(2, 0), 1.25, 1e-6);  // (2, 0) C^-1 (2, 0)', C^-1 = [5 -2; -2 4] / 16
  fitted.set("covariance", {2, 2}, std::vector<float>{1, 2, 2, 1});
  EXPECT_TRUE(contains(error_of([&] { pipeline("[anomaly]\nmethod = \"mahalanobis\"\n", PipelineScope::kScores, &fitted); }),
                       "cannot be inverted"));
}

TEST(AnomalySection, SaysWhatIsWrong) {
  const auto problem = [](const std::string& text) { return error_of([&] { pipeline("[anomaly]\n" + text); }); };
  EXPECT_TRUE(contains(problem("method = \"magic\"\n"), "'magic' is not known"));
  EXPECT_TRUE(contains(problem("method = \"kmeans\"\n"), "parameters: is missing"));
  EXPECT_TRUE(contains(problem("method = \"kmeans\"\nparameters = \"none.npz\"\n"), "there is no file"));
  EXPECT_TRUE(contains(problem("method = \"reconstruction_error\"\n"), "needs a model that rebuilds its input"));
  EXPECT_TRUE(contains(problem("method = \"running_centres\"\n"), "apart: is missing"));
  EXPECT_TRUE(contains(problem("method = \"running_baseline\"\ngain = 1\n"), "gain: is not known here"));
  FittedParameters fitted;
  fitted.set("mean", {3}, std::vector<float>{1, 2, 3});
  fitted.set("factor", {2, 2}, std::vector<float>{1, 0, 0, 1});
  EXPECT_TRUE(contains(error_of([&] { pipeline("[anomaly]\nmethod = \"mahalanobis\"\n", PipelineScope::kAll, &fitted); }),
                       "are 3, not 2"));
  FittedParameters empty;
  EXPECT_TRUE(contains(error_of([&] { pipeline("[anomaly]\nmethod = \"kmeans\"\n", PipelineScope::kAll, &empty); }),
                       "hold no array 'centres'"));
}

TEST(AnomalySection, HalfSpaceTreesScoreWhatLiesWhereFewHaveBeen) {
  FittedParameters fitted;
  fitted.set("lowest", {2}, std::vector<float>{0, 0});
  fitted.set("highest", {2}, std::vector<float>{1, 1});
  Player player(pipeline("[anomaly]\nmethod = \"half_space_trees\"\nwindow = 50\ntrees = 20\n", PipelineScope::kAll, &fitted));
  for (int i = 0; i < 100; ++i) player.run<float>(0.2F + 0.01F * static_cast<float>(i % 10), 0.3F);
  const float usual = player.run<float>(0.25F, 0.3F);
  EXPECT_GT(player.run<float>(0.9F, 0.9F), usual + 0.1F);
}

TEST(LearningSection, GivesScoresOfClassesThatAreTaught) {
  const Graph graph = pipeline(
      "[learning]\nmethod = \"nearest_prototypes\"\nclasses = 3\n[decision]\non = 0.5\nnames = [\"up\", \"down\", \"tap\"]\n");
  EXPECT_EQ(graph.source->event_names.size(), 3u);
  const auto lasting =
      std::count_if(graph.tensors.begin(), graph.tensors.end(), [](const Tensor& tensor) { return tensor.lasting; });
  EXPECT_EQ(lasting, 3) << "means, counts and the time since an event";
  EXPECT_TRUE(contains(error_of([] { pipeline("[learning]\n"); }), "[learning] classes: is missing"));
  EXPECT_TRUE(
      contains(error_of([] { pipeline("[learning]\nmethod = \"nearest_examples\"\nclasses = 2\n"); }), "capacity: is missing"));
}

}  // namespace
}  // namespace mote
