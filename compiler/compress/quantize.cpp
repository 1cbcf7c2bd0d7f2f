#include "compress/quantize.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "compress/equalize.hpp"
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
double learned_sqnr_db(const Graph& graph, const Yardstick& yardstick, const QuantizeOptions& options, const QuantizeProgress& progress) {
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

QuantizeResult quantize(const Graph& graph, const SampleInputs& samples, const TestData& test, const QuantizeOptions& options,
                        const QuantizeProgress& progress) {
  const SampleInputs& tests = test.inputs.empty() ? samples : test.inputs;
  const std::vector<std::int32_t>& labels = test.labels;
  check_samples(graph, samples, tests.size(), labels.size());
  QuantizeResult result;
  result.samples = samples.size();
  result.tests = tests.size();
  note_constant_inputs(graph, samples, result.notes);
  result.prepared = graph;
  Graph& prepared = result.prepared;
  widen_weights(prepared);
  if (fuse_activations(prepared)) prune(prepared);
  const std::size_t unfolded = prepared.nodes.size();
  if (fold_scales(prepared)) prune(prepared);
  result.folded_scalings = static_cast<int>(unfolded - prepared.nodes.size());
  if (options.equalize) result.equalized_pairs = equalize_if_better(prepared, samples, options, result.notes, progress);
  verify(prepared);

  const Graph& original = options.original ? *options.original : graph;
  const Answers exact = answers_of(original, original, tests, progress, "float model");
  const OutputForm form = output_form(original, !labels.empty());
  const Yardstick all{tests, labels, exact, form};
  result.exact = compare_answers(exact, exact, form, labels);

  const SampleInputs tune_samples = spread_over(samples, kTuneSamples);
  const std::vector<Precision> wanted = wanted_precisions(prepared, options);
  Scheme basis{wanted, calibrate(prepared, samples, calibration_for(options), progress)};
  basis.float_borders = options.float_borders;
  add_code_books(prepared, basis, options.forms, tune_samples, progress);
  if (options.fine_tune) {
    result.rounding = tune_layers(prepared, basis, tune_samples, options.tune, progress);
    options.fine_tune(prepared, basis);
  }
  const auto make = [&](const std::vector<Precision>& nodes) {
    Trial trial{basis, {}, {}, 0};
    trial.scheme.nodes = nodes;
    if (!options.fine_tune) result.rounding = tune_layers(prepared, trial.scheme, tune_samples, options.tune, progress);
    trial.made = to_integers(prepared, trial.scheme);
    trial.quality = measure(prepared, trial.made.graph, all, progress, "measuring");
    trial.drop = drop_of(trial.quality, result.exact);
    return trial;
  };
  Trial trial = make(wanted);
  result.uniform = trial.quality;
  if (options.sensitivity || (options.max_drop && trial.drop > *options.max_drop)) {
    const Subset subset = spread_subset(tests, labels, exact, sensitivity_samples(prepared));
    Scheme scheme = trial.scheme;
    scheme.nodes = trial.made.precision;
    result.costs = sensitivity(prepared, scheme, {subset.inputs, subset.labels, subset.exact, form}, progress);
  }
  if (options.max_drop) {
    MixedPrecision mixed = hold_drop(prepared, trial, result.costs, *options.max_drop, make);
    trial = std::move(mixed.trial);
    for (const std::size_t n : mixed.kept) result.kept.push_back({prepared.nodes[n].name, trial.made.precision[n]});
  }
  result.graph = std::move(trial.made.graph);
  result.quality = trial.quality;
  result.notes.insert(result.notes.end(), trial.made.notes.begin(), trial.made.notes.end());
  for (std::size_t n = 0; n < prepared.nodes.size(); ++n) {
    const Node& node = prepared.nodes[n];
    const bool asked = std::any_of(options.keep.begin(), options.keep.end(), [&](const std::string& name) {
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

}  // namespace mote
