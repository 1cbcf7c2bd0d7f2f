#pragma once

#include "import/onnx/node_reader.hpp"

namespace mote {

/// The classes that a node's labels stand for: `classlabels_strings`, or `classlabels_int64s` or `_ints`. Labels are indices of them in
/// the graph; the names go to Graph::labels where they are not 0, 1, 2, ... Returns how many there are.
std::int32_t read_class_labels(NodeReader& node);

/// Scores after `post_transform`. `raw` is what it is applied to.
TensorId post_transformed(NodeReader& node, TensorId raw, const std::string& transform);

/// Index of the largest score of each row, int32 [rows].
TensorId largest_score(ImportedGraph& graph, TensorId scores);

/// The input as rows [rows][features] of float32.
TensorId feature_rows(NodeReader& node, int input = 0);

/// One score as two columns: of the first class, then of the second. With `shares` they add up to 1, else the first is the second's opposite.
TensorId two_columns(ImportedGraph& graph, TensorId score, bool shares);

}  // namespace mote
