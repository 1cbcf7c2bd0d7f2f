#include "compress/quantize.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "compress/equalize.hpp"
#include "compress/lessen_multipliers.hpp"
#include "compress/lockstep.hpp"
#include "compress/mixed_precision.hpp"
#include "compress/widen_weights.hpp"
#include "passes/fold_scales.hpp"
#include "passes/fuse_activations.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

void check_samples(const Graph& graph, const SampleInputs& samples, std::size_t tests, std::size_t labels) {
  if (samples.empty()) throw Error("there are no samples to learn ranges from", "give at least a few dozen typical inputs");
  if (labels != 0 && labels != tests) throw Error(fmt::format("{} labels for {} samples", labels, tests));
  const bool any_float = std::any_of(graph.tensors.begin(), graph.tensors.end(),
                                     [](const Tensor& tensor) { return is_float(tensor.type) && !tensor.is_constant(); });
  if (!any_float) throw Error("nothing in this model is float32", "it is quantized already; `mote compile` takes it as it is");
}

/// Inputs that never change tell nothing about the model.
void note_constant_inputs(const Graph& graph, const SampleInputs& samples, std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    const std::vector<float> first = real_numbers(tensor, samples[0][i]);
    const bool one_value = std::all_of(samples.begin(), samples.end(), [&](const std::vector<Bytes>& inputs) {
      const std::vector<float> values = real_numbers(tensor, inputs[i]);
      return std::all_of(values.begin(), values.end(), [&](float value) { return value == first[0]; });
    });
    if (one_value)
      notes.push_back(
          fmt::format("input '{}' is {} everywhere in all samples: ranges say nothing about real data", tensor.name, first[0]));
  }
  constexpr std::size_t kFew = 8;
  if (samples.size() < kFew)
    notes.push_back(fmt::format("{} samples are few: a few dozen typical ones give better ranges", samples.size()));
}

std::vector<Precision> wanted_precisions(const Graph& graph, const QuantizeOptions& options) {
  std::vector<Precision> nodes(graph.nodes.size(), options.activations);
  for (const std::string& name : options.keep) {
    bool found = false;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const Node& node = graph.nodes[n];
      const bool named = node.name == name || std::any_of(node.outputs.begin(), node.outputs.end(),
                                                          [&](TensorId id) { return graph.tensor(id).name == name; });
      if (!named) continue;
      nodes[n] = options.keep_weights ? Precision::kFloat : Precision::kWeights;
      found = true;
    }
    if (found) continue;
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.push_back(node.name);
    throw Error(fmt::format("there is no layer '{}' to keep", name), fmt::format("layers: {}", fmt::join(names, ", ")));
  }
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    // What int16 cannot do may still be done in int8, unless that was not asked for.
    if (!can_be(graph, n, nodes[n])) nodes[n] = Precision::kFloat;
  }
  return nodes;
}

/// Enough for what channels and layers have on average; to compare two graphs.
constexpr std::size_t kPeakSamples = 64, kTuneSamples = 128, kTrialSamples = 32;

/// The same with labels and the float model's answers.
struct Subset {
  SampleInputs inputs;
  std::vector<std::int32_t> labels;
  Answers exact;
};

Subset spread_subset(const SampleInputs& samples, const std::vector<std::int32_t>& labels, const Answers& exact,
                     std::size_t count) {
  Subset subset;
  for (std::size_t i = 0; i < std::min(count, samples.size()); ++i) {
    const std::size_t at = i * samples.size() / std::min(count, samples.size());
    subset.inputs.push_back(samples[at]);
    if (!labels.empty()) subset.labels.push_back(labels[at]);
    subset.exact.push_back(exact[at]);
  }
  return subset;
}

std::size_t sensitivity_samples(const Graph& graph) {
  constexpr double kMostMacs = 2e10;
  const double macs = std::max(1.0, static_cast<double>(total_macs(graph))) * static_cast<double>(graph.nodes.size());
  return static_cast<std::size_t>(std::clamp(kMostMacs / macs, 16.0, 256.0));
}

CalibrationOptions calibration_for(const QuantizeOptions& options) {
  CalibrationOptions calibration = options.calibration;
  if (options.activations == Precision::kInt16) calibration.steps = 65535;
  return calibration;
}

/// How near integers come to a float graph on samples that they were learned from; weights are rounded to nearest.
double learned_sqnr_db(const Graph& graph, const Yardstick& yardstick, const QuantizeOptions& options,
                       const QuantizeProgress& progress) {
  Scheme scheme{wanted_precisions(graph, options), calibrate(graph, yardstick.samples, calibration_for(options), progress)};
  tune_layers(graph, scheme, yardstick.samples, {.bias_correction = options.tune.bias_correction}, progress);
  return measure(graph, to_integers(graph, scheme).graph, yardstick, progress, "measuring").sqnr_db;
}

/// Equalizes the graph if integers come clearly nearer to it then; gives how many pairs of layers are equalized. What one layer's
/// activations win, the next one's weights lose, and only trying tells which is more.
int equalize_if_better(Graph& graph, const SampleInputs& samples, const QuantizeOptions& options, std::vector<std::string>& notes,
                       const QuantizeProgress& progress) {
  Graph equalized = graph;
  const int pairs = equalize(equalized, channel_peaks(graph, spread_over(samples, kPeakSamples), progress));
  if (pairs == 0) return 0;
  const SampleInputs trial_samples = spread_over(samples, kTrialSamples);
  constexpr double kClearGain = 1.0;  // dB; other samples may differ by less
  const Answers exact = answers_of(graph, graph, trial_samples, progress, "float model");
  const OutputForm form = output_form(graph, false);
  const Yardstick yardstick{trial_samples, {}, exact, form};
  const double as_it_is = learned_sqnr_db(graph, yardstick, options, progress);
  const double changed = learned_sqnr_db(equalized, yardstick, options, progress);
  if (!(changed > as_it_is + kClearGain)) {
    notes.push_back(fmt::format("channels keep their sizes: {:.1f} dB on the samples, {:.1f} dB equalized", as_it_is, changed));
    return 0;
  }
  graph = std::move(equalized);
  return pairs;
}

}  // namespace

Quantizer::Quantizer(const Graph& graph, const SampleInputs& samples, const TestData& test, QuantizeOptions options,
                     const QuantizeProgress& progress)
    : test_(test),
      tests_(test.inputs.empty() ? samples : test.inputs),
      options_(std::move(options)),
      tune_samples_(spread_over(samples, kTuneSamples)),
      prepared_(graph) {
  check_samples(graph, samples, tests_.size(), test.labels.size());
  start_.samples = samples.size();
  start_.tests = tests_.size();
  note_constant_inputs(graph, samples, start_.notes);
  widen_weights(prepared_);
  if (fuse_activations(prepared_)) prune(prepared_);
  const std::size_t unfolded = prepared_.nodes.size();
  if (fold_scales(prepared_)) prune(prepared_);
  start_.folded_scalings = static_cast<int>(unfolded - prepared_.nodes.size());
  if (options_.equalize) start_.equalized_pairs = equalize_if_better(prepared_, samples, options_, start_.notes, progress);
  verify(prepared_);

  Graph original = options_.original ? *options_.original : graph;
  widen_weights(original);
  exact_ = answers_of(original, original, tests_, progress, "float model");
  form_ = output_form(original, !test.labels.empty());
  start_.exact = compare_answers(exact_, exact_, form_, test.labels);
  basis_ = {wanted_precisions(prepared_, options_), calibrate(prepared_, samples, calibration_for(options_), progress)};
  basis_.float_borders = options_.float_borders;
}

const LayerGrams& Quantizer::grams(const QuantizeProgress& progress) {
  if (!grams_) grams_ = layer_grams(prepared_, tune_samples_, progress);
  return *grams_;
}

Quality Quantizer::quality_of(const Graph& made, const QuantizeProgress& progress) const {
  return measure(prepared_, made, {tests_, test_.labels, exact_, form_}, progress, "measuring");
}

QuantizeResult Quantizer::quantize(const WantedForms& forms, const FineTune& fine_tune, const QuantizeProgress& progress) {
  QuantizeResult result = start_;
  result.prepared = prepared_;
  Graph& prepared = result.prepared;
  Scheme basis = basis_;
  if (!forms.empty()) add_code_books(prepared, basis, forms, grams(progress));
  if (fine_tune) {
    result.rounding = tune_layers(prepared, basis, tune_samples_, options_.tune, progress);
    fine_tune(prepared, basis);
  }
  const auto make = [&](const std::vector<Precision>& nodes) {
    Trial trial{basis, {}, {}, 0};
    trial.scheme.nodes = nodes;
    if (!fine_tune) result.rounding = tune_layers(prepared, trial.scheme, tune_samples_, options_.tune, progress);
    trial.made = to_integers(prepared, trial.scheme);
    lessen_multipliers(trial.made.graph);
    trial.quality = quality_of(trial.made.graph, progress);
    trial.drop = drop_of(trial.quality, result.exact);
    return trial;
  };
  Trial trial = make(basis_.nodes);
  result.uniform = trial.quality;
  if (options_.sensitivity || (options_.max_drop && trial.drop > *options_.max_drop)) {
    const Subset subset = spread_subset(tests_, test_.labels, exact_, sensitivity_samples(prepared));
    Scheme scheme = trial.scheme;
    scheme.nodes = trial.made.precision;
    result.costs = sensitivity(prepared, scheme, {subset.inputs, subset.labels, subset.exact, form_}, progress);
  }
  if (options_.max_drop) {
    MixedPrecision mixed = hold_drop(prepared, trial, result.costs, *options_.max_drop, make);
    trial = std::move(mixed.trial);
    for (const std::size_t n : mixed.kept) result.kept.push_back({prepared.nodes[n].name, trial.made.precision[n]});
  }
  result.graph = std::move(trial.made.graph);
  result.quality = trial.quality;
  result.notes.insert(result.notes.end(), trial.made.notes.begin(), trial.made.notes.end());
  for (std::size_t n = 0; n < prepared.nodes.size(); ++n) {
    const Node& node = prepared.nodes[n];
    const bool asked = std::any_of(options_.keep.begin(), options_.keep.end(), [&](const std::string& name) {
      return name == node.name || name == prepared.tensor(node.outputs[0]).name;
    });
    if (trial.made.precision[n] == Precision::kFloat && !asked && is_float(prepared.tensor(node.outputs[0]).type) &&
        !can_be(prepared, n, Precision::kInt8)) {
      result.notes.push_back(
          fmt::format("{} '{}' stays float: there is no such operator for integers", node.op->name(), node.name));
    }
  }
  return result;
}

QuantizeResult quantize(const Graph& graph, const SampleInputs& samples, const TestData& test, const QuantizeOptions& options,
                        const QuantizeProgress& progress) {
  return Quantizer(graph, samples, test, options, progress).quantize(options.forms, options.fine_tune, progress);
}

}  // namespace mote
