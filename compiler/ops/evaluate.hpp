#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

using Bytes = std::vector<std::uint8_t>;

/// Runs a graph with the operators' reference evaluation on the workstation: the truth for folding, calibration and tests.
/// State tensors keep their values from run to run.
class Evaluator {
 public:
  /// The graph must be verified and outlive the evaluator.
  explicit Evaluator(const Graph& graph);

  /// One inference. `inputs`: the bytes of each graph input, in order, each exactly as long as its tensor. Gives the bytes of
  /// each graph output.
  std::vector<Bytes> run(const std::vector<Bytes>& inputs);
  /// Puts state back to what it was before the first run.
  void reset();
  /// The same for all state but that which lasts.
  void restart();
  /// Teaches every node that learns that the last run was of class `label`; false where one refuses, or none learns.
  bool teach(std::int32_t label);
  /// The bytes of any tensor after a run.
  const Bytes& value(TensorId id) const { return values_[static_cast<std::size_t>(id)]; }

 private:
  const Graph& graph_;
  std::vector<Bytes> values_;
};

/// What a state holds before the first run.
Bytes initial_state(const Tensor& tensor);

/// Infers the type and shape of every computed tensor in order, and turns nodes whose inputs are all constant (and SHAPE, whose
/// input's extents are known) into constants. A declared shape gives way only where it holds -1, which stands for "not known".
/// Problems are collected, one text per node; a node with a problem keeps its declared outputs.
std::vector<std::string> settle(Graph& graph);

}  // namespace mote
