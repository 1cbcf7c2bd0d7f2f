#include "data/assessment.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/file_order.hpp"
#include "data/model_outputs.hpp"
#include "data/predictions.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

const char* const kGiveAnswers =
    "a .npz holds them in y; a .csv in a column (--label COLUMN); images and sounds stand in a folder per class";

bool is_binary(const std::vector<std::int32_t>& labels) {
  return !labels.empty() && std::all_of(labels.begin(), labels.end(), [](std::int32_t label) { return label == 0 || label == 1; });
}

bool all_below(const std::vector<std::int32_t>& labels, std::int64_t count) {
  return !labels.empty() && std::all_of(labels.begin(), labels.end(), [&](std::int32_t label) { return label >= 0 && label < count; });
}

bool is_autoencoder(const Graph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) return false;
  const Tensor& in = graph.tensor(graph.inputs[0]);
  return in.elements() > 2 && in.elements() == graph.tensor(graph.outputs[0]).elements();
}

/// Raises the context of answers that are given as numbers when classes are needed.
const std::vector<std::int32_t>& labels_of(const Samples& samples) {
  if (!samples.labels.empty()) return samples.labels;
  throw Error(samples.targets.empty() ? "the data has no labels" : "the answers are numbers, not classes", kGiveAnswers);
}

void require_labels_in_range(const std::vector<std::int32_t>& labels, std::int64_t classes) {
  const auto [least, greatest] = std::minmax_element(labels.begin(), labels.end());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && labels[i] < classes) continue;
    throw Error(fmt::format("label {} of sample {} is out of range: the model has {} classes, 0 to {}", labels[i], i, classes, classes - 1),
                *least == 1 && *greatest == classes ? "the labels begin at 1: subtract 1 from each"
                                                    : "give the labels as indices of the model's outputs");
  }
}

std::vector<std::string> names_of_classes(const Graph& graph, const Samples& samples, std::size_t count) {
  for (const auto* names : {&samples.class_names, &graph.labels}) {
    if (names->size() == count) return *names;
  }
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(std::to_string(i));
  return numbers;
}

std::int32_t positive_class(const Assessment& assessment, const std::string& asked) {
  if (asked.empty()) return 1;
  for (std::size_t i = 0; i < assessment.class_names.size(); ++i) {
    if (assessment.class_names[i] == asked) return static_cast<std::int32_t>(i);
  }
  throw Error(fmt::format("there is no class '{}'", asked), fmt::format("the two classes are {} and {}", assessment.class_names[0], assessment.class_names[1]));
}

std::vector<bool> positives(const Assessment& assessment) {
  std::vector<bool> result;
  for (const std::int32_t label : assessment.truth) result.push_back(label == assessment.positive);
  return result;
}

/// How much each of two scores is for the positive class; of probabilities its own, of others the distance from the other.
std::vector<double> scores_of_positive(const Assessment& assessment) {
  const auto positive = static_cast<std::size_t>(assessment.positive);
  const bool probabilities = std::all_of(assessment.values.begin(), assessment.values.end(), [](const std::vector<double>& row) {
    return row[0] >= 0 && row[1] >= 0 && std::abs(row[0] + row[1] - 1) < 0.02;
  });
  std::vector<double> scores;
  for (const auto& row : assessment.values) scores.push_back(probabilities ? row[positive] : row[positive] - row[1 - positive]);
  return scores;
}

void take_single_score(Assessment& assessment, double threshold) {
  assessment.threshold = threshold;
  for (const auto& row : assessment.values) assessment.predicted.push_back(row[0] >= threshold ? assessment.positive : 1 - assessment.positive);
}

void assess_classes(const Graph& graph, const Samples& samples, const std::vector<std::vector<std::vector<double>>>& values,
                    const AssessmentOptions& options, Assessment& result) {
  const ModelOutputs outputs = outputs_of(graph);
  result.truth = labels_of(samples);
  const std::optional<std::size_t> shown = outputs.scores ? outputs.scores : outputs.label ? outputs.label : outputs.single;
  if (!shown) {
    throw Error(fmt::format("the output is {}: no row of scores and no label", to_string(graph.tensor(graph.outputs[0]).shape)),
                "evaluate takes models with a row of scores, one score, or the index of a class");
  }
  for (const auto& each : values) result.values.push_back(each[*shown]);
  std::int64_t classes = outputs.scores ? graph.tensor(graph.outputs[*outputs.scores]).elements() : 2;
  if (outputs.label) {
    for (const auto& each : values) result.predicted.push_back(static_cast<std::int32_t>(each[*outputs.label][0]));
    if (!outputs.scores) {
      const auto most = static_cast<std::int64_t>(std::max(samples.class_names.size(), graph.labels.size()));
      classes = std::max<std::int64_t>(most, *std::max_element(result.predicted.begin(), result.predicted.end()) + std::int64_t{1});
      classes = std::max<std::int64_t>(classes, *std::max_element(result.truth.begin(), result.truth.end()) + std::int64_t{1});
      if (outputs.single) {
        for (std::size_t i = 0; i < values.size(); ++i) result.values[i] = values[i][*outputs.single];
      }
    }
  } else if (outputs.scores) {
    for (const auto& row : result.values) result.predicted.push_back(static_cast<std::int32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  require_labels_in_range(result.truth, classes);
  result.class_names = names_of_classes(graph, samples, static_cast<std::size_t>(classes));
  if (classes == 2) result.positive = positive_class(result, options.positive);
  if (!outputs.label && !outputs.scores) {
    const bool sigmoid = is_made_by(graph, graph.outputs[*outputs.single], {"logistic", "sigmoid"});
    take_single_score(result, options.threshold.value_or(sigmoid ? 0.5 : 0.0));
  }
  for (const std::int32_t each : result.predicted) {
    if (each < 0 || each >= classes) throw Error(fmt::format("the model gave class {}, of {} classes", each, classes));
  }
  result.classification = classification_metrics(result.truth, result.predicted, static_cast<std::int32_t>(classes));
  if (outputs.scores && classes >= 6) {
    result.top_k = classes >= 20 ? 5 : 3;
    result.top_k_accuracy = top_k_accuracy(result.truth, result.values, result.top_k);
  }
  if (classes != 2) return;
  if (outputs.scores)
    result.ranking = ranking_metrics(positives(result), scores_of_positive(result));
  else if (outputs.single) {
    std::vector<double> scores;
    for (const auto& row : result.values) scores.push_back(row[0]);
    result.ranking = ranking_metrics(positives(result), scores);
  }
}

double mean_squared_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

std::vector<double> real_input(const Graph& graph, const Samples& samples, std::size_t sample) {
  const Tensor& tensor = graph.tensor(graph.inputs[0]);
  return real_tensor_values(tensor, to_file_order(samples.inputs[sample][0], tensor));
}

/// Which of two classes is the anomaly: the one that was asked for, the one beside "normal", else 1.
std::int32_t anomalous_class(const Assessment& assessment, const std::string& asked) {
  constexpr std::string_view kNormal[] = {"normal", "Normal", "NORMAL", "good", "ok", "OK"};
  if (asked.empty() && std::find(std::begin(kNormal), std::end(kNormal), assessment.class_names[1]) != std::end(kNormal)) return 0;
  return positive_class(assessment, asked);
}

void assess_anomalies(const Graph& graph, const Samples& samples, const std::vector<std::vector<std::vector<double>>>& values,
                      const AssessmentOptions& options, Assessment& result) {
  result.truth = labels_of(samples);
  if (!is_binary(result.truth))
    throw Error("anomaly detection takes two labels: 0 (normal) and 1 (anomaly)", "or two folders, one of them named normal");
  result.class_names = names_of_classes(graph, samples, 2);
  result.positive = anomalous_class(result, options.positive);
  const ModelOutputs outputs = outputs_of(graph);
  if (!outputs.single && !is_autoencoder(graph))
    throw Error("the model gives neither one score nor an output of its input's size", "anomaly detection needs one of these");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double score = outputs.single ? values[i][*outputs.single][0]
                                        : mean_squared_difference(values[i][0], real_input(graph, samples, i));
    result.values.push_back({score});
  }
  std::vector<double> scores;
  for (const auto& row : result.values) scores.push_back(row[0]);
  result.ranking = ranking_metrics(positives(result), scores);
  if (!result.ranking)
    throw Error("there are not samples of both kinds, or a score is not finite", "give normal and anomalous samples");
  if (!options.threshold) return;
  take_single_score(result, *options.threshold);
  result.classification = classification_metrics(result.truth, result.predicted, 2);
}

void assess_numbers(const Graph& graph, const Samples& samples, const std::vector<std::vector<std::vector<double>>>& values,
                    Assessment& result) {
  if (samples.targets.empty())
    throw Error(samples.labels.empty() ? "the data has no answers" : "the answers are names of classes, not numbers", kGiveAnswers);
  const Tensor& output = graph.tensor(graph.outputs[0]);
  const std::size_t width = samples.targets[0].size();
  if (static_cast<std::int64_t>(width) != output.elements())
    throw Error(fmt::format("the data has {} numbers to predict per sample, the model gives {} ({})", width, output.elements(), to_string(output.shape)),
                "give an answer for each of the model's outputs");
  result.targets = samples.targets;
  for (const auto& each : values) result.values.push_back(each[0]);
  for (std::size_t o = 0; o < width; ++o) {
    std::vector<double> truth;
    std::vector<double> predicted;
    for (std::size_t i = 0; i < values.size(); ++i) {
      truth.push_back(samples.targets[i][o]);
      predicted.push_back(result.values[i][o]);
    }
    result.regression.push_back(regression_metrics(truth, predicted));
  }
}

}  // namespace

std::string_view task_name(Task task) {
  return task == Task::kClassify ? "classify" : task == Task::kRegress ? "regress" : "anomaly";
}

TaskChoice choose_task(const Graph& graph, const Samples& samples, std::optional<Task> asked) {
  if (asked) return {*asked, "as asked"};
  if (samples.labels.empty() && samples.targets.empty()) throw Error("the data has no labels", kGiveAnswers);
  const ModelOutputs outputs = outputs_of(graph);
  if (outputs.label) return {Task::kClassify, "the model gives the index of a class"};
  if (outputs.scores && is_softmax(graph, graph.outputs[*outputs.scores])) return {Task::kClassify, "the model ends in a softmax"};
  if (is_autoencoder(graph) && is_binary(samples.labels))
    return {Task::kAnomaly, "the output has the input's size (an autoencoder) and the labels are 0 and 1"};
  const bool whole = !samples.labels.empty() && !samples.real_targets;
  if (outputs.scores && whole && all_below(samples.labels, graph.tensor(graph.outputs[*outputs.scores]).elements()))
    return {Task::kClassify, "the output is a row of scores and the labels are indices into it"};
  if (outputs.single && is_binary(samples.labels) && is_made_by(graph, graph.outputs[*outputs.single], {"logistic", "sigmoid"}))
    return {Task::kClassify, "the model ends in a sigmoid and the labels are 0 and 1"};
  if (samples.targets.empty()) return {Task::kClassify, "the labels are names of classes"};
  if (static_cast<std::int64_t>(samples.targets[0].size()) == graph.tensor(graph.outputs[0]).elements())
    return {Task::kRegress, "the answers are numbers, as many as the model gives"};
  if (whole) return {Task::kClassify, "the labels are whole numbers"};
  throw Error("it is not clear what the model is for", "say it with --task classify, regress or anomaly");
}

Assessment assess(const Graph& graph, const Samples& samples, const std::vector<std::vector<Bytes>>& outputs,
                  const AssessmentOptions& options) {
  MOTE_CHECK(!outputs.empty() && outputs.size() == samples.inputs.size());
  const TaskChoice choice = choose_task(graph, samples, options.task);
  Assessment result;
  result.task = choice.task;
  result.reason = choice.reason;
  std::vector<std::vector<std::vector<double>>> values;
  for (const auto& each : outputs) values.push_back(real_values(graph, each));
  switch (choice.task) {
    case Task::kClassify:
      assess_classes(graph, samples, values, options, result);
      break;
    case Task::kAnomaly:
      assess_anomalies(graph, samples, values, options, result);
      break;
    case Task::kRegress:
      assess_numbers(graph, samples, values, result);
      break;
  }
  return result;
}

}  // namespace mote
