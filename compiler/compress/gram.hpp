#pragma once

#include <map>
#include <span>
#include <vector>

#include "compress/calibrate.hpp"
#include "graph/quantization_rule.hpp"

namespace mote {

/// Real values of one tensor: [sample][element].
using SampleValues = std::vector<std::vector<float>>;

/// The rows of a layer's input matrix (im2col) that are looked at. A row is an output position of a sample; at most `most` are
/// taken, spread over all of them and always the same ones.
class RowChoice {
 public:
  RowChoice(std::size_t positions, std::size_t samples, std::size_t most);

  struct Row {
    std::size_t sample = 0, position = 0;
  };
  std::size_t count() const { return count_; }
  Row operator[](std::size_t i) const;

 private:
  std::size_t positions_, total_, count_;
};

/// Rows enough for moments of so many taps: more for small layers, so that the work stays within bounds.
std::size_t row_budget(std::size_t taps);

/// [row][tap]: what the taps of a group read.
std::vector<float> columns_of(const SampleValues& values, const WeightTaps& taps, const RowChoice& rows, std::size_t group);

/// [a][b]: the mean over rows of each column of `a` times each column of `b`, both [row][column]. Runs of rows are summed in
/// float, runs in double, in an order that does not depend on the number of threads.
std::vector<double> mean_products(std::span<const float> a, std::size_t a_columns, std::span<const float> b,
                                  std::size_t b_columns);

/// [row][output]: each row of `rows` [row][column] times each row of `weights` [output][column], summed in float.
std::vector<float> row_products(std::span<const float> rows, std::size_t columns, std::span<const float> weights);

/// Means of each column of [row][column].
std::vector<double> column_means(std::span<const float> values, std::size_t columns);

/// First and second moments of what the taps of a group of output channels read.
struct Gram {
  std::size_t taps = 0, rows = 0;
  std::vector<double> mean;    ///< [taps]
  std::vector<double> square;  ///< [taps][taps], symmetric: the mean of x x', about zero

  /// The same around the mean, as least squares with a free bias see it.
  std::vector<double> centered() const;
};

/// Of [row][tap].
Gram gram_of(std::span<const float> columns, std::size_t taps);

/// Of each group of a layer: a whole convolution or fully connected layer has one, a depthwise convolution one per channel.
std::vector<Gram> grams_of(const SampleValues& values, const WeightTaps& taps);

/// Of layers, by node.
using LayerGrams = std::map<std::size_t, std::vector<Gram>>;

/// Of every layer that tells its taps (Operator::weight_taps), with the graph's own values on the samples.
LayerGrams layer_grams(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress);

}  // namespace mote
