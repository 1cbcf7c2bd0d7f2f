#pragma once

#include <map>
#include <vector>

#include "compress/scheme.hpp"
#include "graph/graph.hpp"
#include "train/program.hpp"

namespace mote {

/// A float graph as a program: nothing moves, nothing is rounded. Where an output is the softmax of scores, the scores are the
/// program's output. Error when a value has no leading axis of 1, or an operator mixes the samples of a batch.
Program teacher_program(const Graph& graph);

/// Whether a program's output is what a softmax reads, for each output.
std::vector<bool> outputs_are_scores(const Graph& graph);

/// A float graph that learns, with all that a scheme will do to it: activations on their grids, weights as codes, zeros where they
/// must be.
class Student {
 public:
  /// `scheme` may hold fitted weights and biases: training begins there. Sparse forms need fitted weights, which say where zeros are.
  Student(const Graph& graph, const Scheme& scheme);

  const Program& program() const { return program_; }
  /// Whether some layer has a form whose zeros training can choose.
  bool chooses_zeros() const { return !thinned_.empty(); }
  /// Gives those layers all the weights of the graph back, so that training can choose anew which ones become zero.
  void open(Slots& slots) const;
  /// Makes the smallest of their weights zero: the share `done`, 0 to 1, of what the form asks for.
  void thin(Slots& slots, double done) const;
  /// The graph with trained numbers, and the scheme that makes the integers of them which training saw.
  struct Trained {
    Graph graph;
    Scheme scheme;
  };
  Trained trained(const Slots& slots) const;

 private:
  struct LayerSlots {
    std::size_t node = 0;
    int weights = 0, bias = 0;  ///< parameters
  };
  void add_grids();
  void add_layer(std::size_t node);
  int add_slot(std::vector<float> numbers);
  /// A layer whose zeros training chooses.
  struct Thinned {
    WeightForm form;
    int weights = 0, mask = 0;  ///< slots
    std::vector<float> dense;   ///< weights before any became zero
  };

  Graph graph_;
  Scheme scheme_;
  Program program_;
  std::vector<LayerSlots> layers_;
  std::vector<Thinned> thinned_;
};

/// Which weights [channels][taps in a row] may differ from zero: those whose codes do, and where the form lets more of them, the largest of the
/// others. Empty when the form is not sparse.
std::vector<float> mask_of(const CodeBook& book, const std::vector<std::int8_t>& codes, const std::vector<float>& weights);

/// 0 for the smallest weights [channels][taps in a row], for the share `done` of the zeros that a sparse form asks for, else 1.
std::vector<float> thinned_mask(const WeightForm& form, const std::vector<float>& weights, double done);

}  // namespace mote
