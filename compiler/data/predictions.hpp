#pragma once

#include <string>
#include <vector>

#include "data/samples.hpp"
#include "graph/graph.hpp"

namespace mote {

/// A tensor's values as real numbers: quantized ones by scale and zero point.
std::vector<double> real_tensor_values(const Tensor& tensor, const Bytes& bytes);

/// The outputs of one inference as real numbers: per output, its values (quantized ones by scale and zero point), in the model
/// file's order of axes.
std::vector<std::vector<double>> real_values(const Graph& graph, const std::vector<Bytes>& outputs);

/// The first output of all inferences as the bytes of a .npy, [inference][...shape without a leading 1], in the
/// model file's order of axes.
std::string outputs_as_npy(const Graph& graph, const std::vector<std::vector<Bytes>>& outputs);

/// What the outputs say: the class with the highest score where the one output is a row of scores (a softmax made it, or labels
/// are given), else the values.
struct Predictions {
  bool is_classifier = false;
  std::vector<std::int32_t> classes;
  std::vector<double> scores;
  std::vector<std::vector<double>> values;  ///< first output of each inference
  std::int32_t correct = 0, labelled = 0;

  double accuracy() const { return labelled == 0 ? 0 : static_cast<double>(correct) / labelled; }
  /// A line per inference (at most 50), then the accuracy if labels are known.
  std::string text(const Samples& samples) const;
};

Predictions predict(const Graph& graph, const std::vector<std::vector<Bytes>>& outputs, const Samples& samples);

}  // namespace mote
