// Outputs of models held against right answers.

#include "data/assessment.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

/// A model of one float input whose last operator is `op`.
Graph model_ending_in(std::string_view op, const Shape& shape) {
  GraphBuilder builder;
  builder.output(builder.node(op, {builder.input(shape, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  return builder.finish();
}

/// What ai.onnx.ml classifiers give: an index, then a row of scores.
Graph labelling_model(std::int32_t classes) {
  Graph graph = model_ending_in("relu", {1, classes});
  Tensor label;
  label.name = "label";
  label.type = DataType::kInt64;
  label.shape = {1};
  graph.outputs.insert(graph.outputs.begin(), graph.add_tensor(label));
  return graph;
}

Bytes floats(const std::vector<float>& values) { return array_of<float>("<f4", {static_cast<std::int64_t>(values.size())}, values).bytes; }
Bytes index_bytes(std::int64_t value) { return array_of<std::int64_t>("<i8", {1}, {value}).bytes; }

using Outputs = std::vector<std::vector<Bytes>>;

Samples samples_for(std::size_t count, std::vector<std::int32_t> labels, const std::vector<double>& targets = {}) {
  Samples samples;
  samples.inputs.assign(count, {floats({0})});
  samples.labels = std::move(labels);
  for (const double target : targets) samples.targets.push_back({target});
  return samples;
}

TEST(TaskChoice, ComesFromModelAndAnswers) {
  const auto choose = [](const Graph& graph, const Samples& samples) { return choose_task(graph, samples, {}).task; };
  EXPECT_EQ(choose(model_ending_in("softmax", {1, 3}), samples_for(2, {0, 2}, {0, 2})), Task::kClassify);
  EXPECT_EQ(choose(model_ending_in("relu", {1, 3}), samples_for(2, {0, 2}, {0, 2})), Task::kClassify);
  EXPECT_EQ(choose(labelling_model(3), samples_for(2, {0, 2}, {0, 2})), Task::kClassify);
  EXPECT_EQ(choose(model_ending_in("logistic", {1, 1}), samples_for(2, {0, 1}, {0, 1})), Task::kClassify);
  EXPECT_EQ(choose(model_ending_in("relu", {1, 1}), samples_for(2, {0, 1}, {0, 1})), Task::kRegress);
  EXPECT_EQ(choose(model_ending_in("relu", {1, 1}), samples_for(2, {0, 1})), Task::kClassify) << "names of classes";
  Graph autoencoder = model_ending_in("relu", {1, 8});
  EXPECT_EQ(choose(autoencoder, samples_for(2, {0, 1}, {0, 1})), Task::kAnomaly);
  EXPECT_EQ(choose(autoencoder, samples_for(2, {0, 7}, {0, 7})), Task::kClassify);
  EXPECT_EQ(choose_task(autoencoder, samples_for(2, {0, 1}), Task::kRegress).reason, "as asked");
}

TEST(TaskChoice, NeedsAnswers) {
  EXPECT_TRUE(contains(error_of([] { choose_task(model_ending_in("softmax", {1, 3}), samples_for(2, {}), {}); }), "the data has no labels\n  a .npz holds them in y"));
}

TEST(Classes, AreTheHighestScores) {
  const Assessment result = assess(model_ending_in("softmax", {1, 3}), samples_for(3, {2, 0, 1}), Outputs{{floats({0, 0.1F, 0.9F})}, {floats({0.2F, 0.7F, 0.1F})}, {floats({0, 1, 0})}});
  EXPECT_EQ(result.predicted, (std::vector<std::int32_t>{2, 1, 1}));
  EXPECT_EQ(result.classification->correct, 2);
  EXPECT_EQ(result.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(result.top_k, 0U);
  EXPECT_FALSE(result.ranking);
}

TEST(Classes, AreTheModelsOwnLabelWhereItGivesOne) {
  const Assessment result = assess(labelling_model(2), samples_for(2, {1, 0}), Outputs{{index_bytes(1), floats({0.6F, 0.4F})}, {index_bytes(0), floats({0.8F, 0.2F})}});
  EXPECT_EQ(result.predicted, (std::vector<std::int32_t>{1, 0}));
  ASSERT_TRUE(result.ranking);
  EXPECT_EQ(result.ranking->roc_auc, 1);
}

TEST(Classes, OfOneScoreAreDecidedByTheThreshold) {
  const Outputs outputs{{floats({0.2F})}, {floats({0.6F})}, {floats({0.9F})}};
  const Assessment sigmoid = assess(model_ending_in("logistic", {1, 1}), samples_for(3, {0, 0, 1}), outputs);
  EXPECT_EQ(sigmoid.threshold, 0.5);
  EXPECT_EQ(sigmoid.predicted, (std::vector<std::int32_t>{0, 1, 1}));
  EXPECT_EQ(sigmoid.ranking->best_f1.value, static_cast<double>(0.9F));
  const Assessment logit = assess(model_ending_in("relu", {1, 1}), samples_for(3, {0, 0, 1}), outputs, {.task = Task::kClassify});
  EXPECT_EQ(logit.threshold, 0.0);
  const Assessment chosen = assess(model_ending_in("relu", {1, 1}), samples_for(3, {0, 0, 1}), outputs, {.task = Task::kClassify, .threshold = 0.8});
  EXPECT_EQ(chosen.classification->correct, 3);
}

TEST(Classes, ThePositiveOneCanBeNamed) {
  Samples samples = samples_for(2, {0, 1});
  samples.class_names = {"bad", "fine"};
  const Outputs outputs{{floats({0.9F, 0.1F})}, {floats({0.3F, 0.7F})}};
  const Assessment result = assess(model_ending_in("softmax", {1, 2}), samples, outputs, {.positive = "bad"});
  EXPECT_EQ(result.ranking->positives, 1);
  EXPECT_EQ(result.ranking->best_f1.value, static_cast<double>(0.9F));
  EXPECT_EQ(error_of([&] { assess(model_ending_in("softmax", {1, 2}), samples, outputs, {.positive = "good"}); }), "there is no class 'good'\n  the two classes are bad and fine");
}

TEST(Classes, ManyHaveTopK) {
  std::vector<float> row(6, 0);
  row[2] = 0.5F;
  row[4] = 0.4F;
  const Assessment result = assess(model_ending_in("softmax", {1, 6}), samples_for(1, {4}), Outputs{{floats(row)}});
  EXPECT_EQ(result.top_k, 3U);
  EXPECT_EQ(result.top_k_accuracy, 1);
  EXPECT_EQ(result.classification->accuracy, 0);
}

TEST(Classes, LabelsOutOfRangeAreRefused) {
  const Outputs outputs{{floats({0, 1, 0})}, {floats({0, 1, 0})}, {floats({0, 1, 0})}};
  const Graph graph = model_ending_in("softmax", {1, 3});
  EXPECT_EQ(error_of([&] { assess(graph, samples_for(3, {1, 2, 3}), outputs); }),
            "label 3 of sample 2 is out of range: the model has 3 classes, 0 to 2\n  the labels begin at 1: subtract 1 from each");
  EXPECT_TRUE(contains(error_of([&] { assess(graph, samples_for(3, {0, -1, 2}), outputs); }), "label -1 of sample 1 is out of range"));
}

TEST(Anomalies, AreFarFromWhatTheModelMakesOfThem) {
  const Graph graph = model_ending_in("relu", {1, 3});
  Samples samples;
  samples.inputs = {{floats({1, 2, 3})}, {floats({1, 2, 3})}, {floats({0, 0, 0})}};
  samples.labels = {0, 1, 0};
  const Outputs outputs{{floats({1, 2, 3})}, {floats({1, 2, 6})}, {floats({0, 1, 0})}};
  const Assessment result = assess(graph, samples, outputs);
  EXPECT_EQ(result.task, Task::kAnomaly);
  EXPECT_EQ(result.values, (std::vector<std::vector<double>>{{0}, {3}, {1.0 / 3}}));
  EXPECT_EQ(result.ranking->roc_auc, 1);
  EXPECT_FALSE(result.classification);
  EXPECT_EQ(assess(graph, samples, outputs, {.threshold = 0.1}).classification->correct, 2);
  samples.class_names = {"odd", "normal"};
  EXPECT_EQ(assess(graph, samples, outputs).positive, 0) << "the class beside normal";
  samples.labels = {0, 0, 0};
  EXPECT_TRUE(contains(error_of([&] { assess(graph, samples, outputs); }), "there are not samples of both kinds"));
}

TEST(Numbers, AreComparedOutputByOutput) {
  const Graph graph = model_ending_in("relu", {1, 2});
  Samples samples = samples_for(2, {});
  samples.targets = {{1, 10}, {2, 20}};
  samples.real_targets = true;
  const Assessment result = assess(graph, samples, Outputs{{floats({1, 11})}, {floats({2, 19})}});
  EXPECT_EQ(result.task, Task::kRegress);
  EXPECT_EQ(result.regression[0].mae, 0);
  EXPECT_EQ(result.regression[1].mae, 1);
  samples.targets = {{1}, {2}};
  EXPECT_TRUE(contains(error_of([&] { assess(graph, samples, Outputs{{floats({1, 11})}, {floats({2, 19})}}, {.task = Task::kRegress}); }),
                       "the data has 1 numbers to predict per sample, the model gives 2 (1x2)"));
}

}  // namespace
}  // namespace mote::test
