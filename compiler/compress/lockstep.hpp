#pragma once

#include <vector>

#include "compress/calibrate.hpp"
#include "graph/graph.hpp"

namespace mote {

/// Runs a graph on many samples, each node on all of them before the next, on all cores. Constants may change between nodes.
/// Values that no later node reads are let go.
class Lockstep {
 public:
  /// `inputs`: [sample][input] in the form that the graph's own inputs have. The graph must outlive this.
  Lockstep(const Graph& graph, const SampleInputs& inputs);

  std::size_t samples() const { return values_.size(); }
  std::size_t next_node() const { return next_; }
  void run_next();
  /// Evaluates the next node for a look at its results, and stays in front of it.
  void try_next();
  /// A computed value that the next node, or a later one, still reads.
  const Bytes& value(std::size_t sample, TensorId id) const { return values_[sample][static_cast<std::size_t>(id)]; }
  /// The same as real numbers, for each sample.
  std::vector<std::vector<float>> real_values(TensorId id) const;

 private:
  void evaluate(std::vector<Bytes>& values) const;

  const Graph& graph_;
  std::vector<std::vector<Bytes>> values_;
  std::vector<std::size_t> last_reader_;
  std::size_t next_ = 0;
};

/// At most `count` samples, spread over all.
SampleInputs spread_over(const SampleInputs& samples, std::size_t count);

/// The float inputs of samples in the form that another graph's inputs have.
SampleInputs converted_inputs(const Graph& from, const Graph& to, const SampleInputs& samples);

}  // namespace mote
