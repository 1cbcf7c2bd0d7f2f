#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compress/code_books.hpp"
#include "compress/quality.hpp"
#include "compress/sensitivity.hpp"
#include "compress/to_integers.hpp"
#include "compress/tune_layers.hpp"

namespace mote {

/// Changes the prepared float graph's constants, and of the scheme ranges, code books, weights and biases, so that the integers
/// that they make answer better; neither nodes nor tensors that nodes read may become others than constants.
using FineTune = std::function<void(Graph& prepared, Scheme& scheme)>;

struct QuantizeOptions {
  CalibrationOptions calibration;
  /// Channels are equalized where that brings the integers clearly closer.
  bool equalize = true;
  TuneOptions tune;
  /// Structure that weights are to have.
  WantedForms forms{};
  /// What activations become.
  Precision activations = Precision::kInt8;
  /// Asked once, when layers are fitted; what it leaves is taken as it is.
  FineTune fine_tune{};
  /// The float model whose answers are the right ones, with the same inputs and outputs; none: the graph itself.
  std::optional<Graph> original{};
  bool float_borders = false;
  /// Layers whose activations stay float: names of nodes or of their outputs. Their weights become int8 unless `keep_weights`.
  std::vector<std::string> keep{};
  bool keep_weights = false;
  /// The table of what each layer costs.
  bool sensitivity = true;
  /// Keeps the most costly layers in int16x8 or float until no more than this is lost (see drop_of); none: all layers are
  /// `activations`.
  std::optional<double> max_drop{};
};

/// What the result is measured on.
struct TestData {
  SampleInputs inputs{};               ///< none: those that ranges are learned from
  std::vector<std::int32_t> labels{};  ///< the right class of each, or none
};

struct KeptLayer {
  std::string name;
  Precision precision = Precision::kFloat;
};

struct QuantizeResult {
  /// The float graph that was quantized: scaling folded, activations fused, equalized; it gives the model's answers.
  Graph prepared;
  Graph graph;
  int folded_scalings = 0, equalized_pairs = 0;
  std::size_t samples = 0, tests = 0;
  Quality exact;    ///< of the float model, against itself
  Quality quality;  ///< of the quantized graph
  Quality uniform;  ///< before mixed precision
  std::vector<LayerCost> costs;
  std::vector<KeptLayer> kept;
  std::vector<RoundingGain> rounding;
  /// What the user should know: layers that had to stay float, constant inputs.
  std::vector<std::string> notes;
};

/// A float graph that is made ready once and becomes integers in several ways: prepared, with the ranges of its tensors, what its
/// layers read, and the answers that every way is measured against. What it is given must outlive it.
class Quantizer {
 public:
  /// Errors as those of `quantize`.
  Quantizer(const Graph& graph, const SampleInputs& samples, const TestData& test, QuantizeOptions options,
            const QuantizeProgress& progress = {});

  /// With these forms and this training instead of the options'. The same as `quantize` with them.
  QuantizeResult quantize(const WantedForms& forms, const FineTune& fine_tune, const QuantizeProgress& progress = {});

  /// Of a graph with the float graph's inputs, as results are measured.
  Quality quality_of(const Graph& made, const QuantizeProgress& progress = {}) const;

  const Graph& prepared() const { return prepared_; }
  /// Moments of what the prepared graph's layers read, on the samples that layers are fitted on.
  const LayerGrams& grams(const QuantizeProgress& progress = {});

 private:
  const TestData& test_;
  const SampleInputs& tests_;
  QuantizeOptions options_;
  SampleInputs tune_samples_;
  QuantizeResult start_;  ///< what every result begins with
  Graph prepared_;
  Answers exact_;
  OutputForm form_;
  Scheme basis_;
  std::optional<LayerGrams> grams_;
};

/// Makes integers of a float graph: `samples` are learned from, `test` is measured on. Error when there are no samples, no float
/// to quantize, or a layer to keep does not exist.
QuantizeResult quantize(const Graph& graph, const SampleInputs& samples, const TestData& test, const QuantizeOptions& options,
                        const QuantizeProgress& progress = {});

}  // namespace mote
