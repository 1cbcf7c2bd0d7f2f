#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Tensors of two models that stand for the same values.
struct TensorPair {
  TensorId a = kNoTensor, b = kNoTensor;
  bool operator==(const TensorPair&) const = default;
};

/// Finds the computed tensors of two models that stand for each other, in the running order of `b`: those of one name and one
/// shape (extents of 1 aside); between them, by structure: operators of one kind and shape of result, in the same order, where a
/// rectifier belongs to the operator before it whether it is fused or not; and the graphs' outputs in order. Operators that only
/// move or re-represent values are looked at by name alone.
std::vector<TensorPair> match_layers(const Graph& a, const Graph& b);

}  // namespace mote
