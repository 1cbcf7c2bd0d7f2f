#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/samples.hpp"
#include "graph/graph.hpp"
#include "metrics/classification.hpp"
#include "metrics/ranking.hpp"
#include "metrics/regression.hpp"

namespace mote {

enum class Task : std::uint8_t { kClassify, kRegress, kAnomaly };

std::string_view task_name(Task task);

struct AssessmentOptions {
  std::optional<Task> task = {};         ///< otherwise told from model and answers
  std::optional<double> threshold = {};  ///< of a single score: from here on it is the positive class
  std::string positive = {};             ///< name or index of the positive class, where there are two
};

/// A model's outputs held against the right answers.
struct Assessment {
  Task task = Task::kClassify;
  std::string reason;                       ///< why it is this task
  std::vector<std::string> class_names;     ///< one per class
  std::vector<std::int32_t> truth;          ///< right class per sample
  std::vector<std::int32_t> predicted;      ///< class said per sample; empty for a score without a threshold
  std::vector<std::vector<double>> values;  ///< per sample: scores of classes, the single score, or the numbers
  std::vector<std::vector<double>> targets; ///< per sample: the right numbers
  std::optional<ClassificationMetrics> classification;
  std::size_t top_k = 0;  ///< 0: not given, there are few classes
  double top_k_accuracy = 0;
  std::optional<RankingMetrics> ranking;  ///< with two classes
  std::int32_t positive = 1;              ///< the class that high scores are for
  std::optional<double> threshold = {};        ///< what decided between two classes
  std::vector<RegressionMetrics> regression;  ///< one per number
};

/// What a model is for. Error when neither model nor answers tell, or there are no answers.
struct TaskChoice {
  Task task;
  std::string reason;
};
TaskChoice choose_task(const Graph& graph, const Samples& samples, std::optional<Task> asked);

/// Holds the outputs of all samples (bytes, [sample][output]) against the answers. Classes come from an output of class indices, from
/// the highest of a row of scores, or from one score and a threshold (0.5 behind a sigmoid, else 0). The anomaly score is the single
/// output, or how far the output is from the first input (mean of squares). Error when outputs and answers do not fit.
Assessment assess(const Graph& graph, const Samples& samples, const std::vector<std::vector<Bytes>>& outputs,
                  const AssessmentOptions& options = {});

}  // namespace mote
