#include "cli/command.hpp"

#include "cli/distill_flags.hpp"
#include "cli/learning_data.hpp"
#include "export/tflite.hpp"
#include "report/quantize_report.hpp"
#include "support/files.hpp"
#include "support/progress.hpp"
#include "support/table.hpp"
#include "train/distill_report.hpp"

namespace mote::cli {

namespace {

struct QuantizeFlags {
  ModelOptions model;  // its path and axes
  LearningFlags learning;
  std::string output;
  std::string calibration = "mse", rounding = "nearest", activations = "int8", io = "int8", max_drop, keep_weights = "int8";
  double percentile = 99.99;
  bool no_equalize = false, no_bias_correction = false, no_sensitivity = false, json = false;
  std::vector<std::string> keep, weights;
  DistillFlags distill;
  ModelOptions original;
};

const std::map<std::string, Calibration> kCalibrations{{"minmax", Calibration::kMinMax},
                                                       {"percentile", Calibration::kPercentile},
                                                       {"mse", Calibration::kMse},
                                                       {"entropy", Calibration::kEntropy}};

const std::map<std::string, Precision> kActivations{
    {"int8", Precision::kInt8}, {"int16", Precision::kInt16}, {"float", Precision::kWeights}};

QuantizeOptions options_of(const QuantizeFlags& flags) {
  QuantizeOptions options;
  options.calibration.method = kCalibrations.at(flags.calibration);
  options.calibration.percentile = flags.percentile;
  options.equalize = !flags.no_equalize;
  options.tune = {.bias_correction = !flags.no_bias_correction, .learned_rounding = flags.rounding == "learned"};
  options.activations = kActivations.at(flags.activations);
  options.float_borders = flags.io == "float";
  options.keep = flags.keep;
  options.forms = wanted_forms(flags.weights);
  options.keep_weights = flags.keep_weights == "float";
  options.sensitivity = !flags.no_sensitivity;
  if (!flags.max_drop.empty()) options.max_drop = share_of("--max-drop", flags.max_drop);
  return options;
}

ExitCode run_quantize(const QuantizeFlags& flags) {
  QuantizeOptions options = options_of(flags);
  const std::string& path = flags.model.path;
  const Graph graph = load_model(flags.model, false, PassScope::kPortable);
  const auto [samples, test] = read_learning_data(flags.learning, graph);
  if (!flags.original.path.empty()) options.original = load_model(flags.original, false, PassScope::kPortable);
  QuantizeResult result;
  std::optional<DistillResult> distilled;
  {
    ProgressBar bar;
    fine_tune_with(flags.distill, options.original ? *options.original : graph, samples, bar, distilled, options);
    result = with_context(path, [&] {
      return quantize(graph, samples.inputs, test, options,
                      [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
    });
  }
  const std::vector<std::uint8_t> bytes = with_context(path, [&] { return write_tflite(result.graph); });
  const auto bytes_before = static_cast<std::int64_t>(std::filesystem::file_size(path));
  write_file(flags.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const bool held = !options.max_drop || drop_of(result.quality, result.exact) <= *options.max_drop;
  if (flags.json) {
    Json json{{"model", path}, {"output", flags.output}, {"bytes_before", bytes_before}, {"bytes", bytes.size()}};
    json.update(quantize_json(result));
    if (distilled) json["distilled"] = distill_json(*distilled);
    if (options.max_drop) json["held"] = held;
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{}{}wrote {}: {} bytes ({} has {})\n", distilled ? distill_text(*distilled) + "\n" : "", quantize_text(result), flags.output,
               grouped(static_cast<std::int64_t>(bytes.size())), path, grouped(bytes_before));
    if (!held) fmt::print("--max-drop {} does not hold, even with every layer wider\n", flags.max_drop);
  }
  return held ? ExitCode::kDone : ExitCode::kCheckFailed;
}

void add_method_options(CLI::App& command, QuantizeFlags& flags) {
  command
      .add_option("--calibration", flags.calibration,
                  "How the ranges of activations are chosen: minmax, percentile, mse, entropy")
      ->check(CLI::IsMember({"minmax", "percentile", "mse", "entropy"}))
      ->capture_default_str();
  command
      .add_option("--percentile", flags.percentile,
                  "What share of the values, in percent, stays inside with --calibration percentile")
      ->check(CLI::Range(50.0, 100.0))
      ->capture_default_str();
  command
      .add_option("--rounding", flags.rounding,
                  "nearest; learned: each weight up or down, so that the layer's sums come closest to the float ones")
      ->check(CLI::IsMember({"nearest", "learned"}))
      ->capture_default_str();
  command.add_option("--activations", flags.activations, "int8; int16 (with int8 weights); float (int8 weights alone)")
      ->check(CLI::IsMember({"int8", "int16", "float"}))
      ->capture_default_str();
  command
      .add_option("--weights", flags.weights,
                  "Structure for weights, which mote turns into less flash or work: int4, int2, clusters16, 2:4, zeros75%, "
                  "int4+zeros50%; of "
                  "one layer with LAYER=FORM (repeat for more; later ones win)")
      ->type_name("FORM");
  command.add_flag("--no-equalize", flags.no_equalize, "Leave the channels' sizes as they are");
  command.add_flag("--no-bias-correction", flags.no_bias_correction, "Leave the biases as they are");
}

}  // namespace

void add_quantize(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("quantize", "Turn a float model into an int8 .tflite, and measure what that costs");
  auto flags = std::make_shared<QuantizeFlags>();
  command->add_option("model", flags->model.path, "A .tflite or .onnx file")->required()->type_name("MODEL");
  command->add_option("--dim", flags->model.dims, "ONNX: the extent of an axis that the file leaves open")->type_name("NAME=N");
  add_learning_options(*command,
                       "Typical inputs, a few dozen to a few hundred, as for `mote run`; with labels, accuracy is measured", flags->learning);
  command->add_option("-o,--output", flags->output, "The .tflite file to write")->required()->type_name("FILE");
  add_method_options(*command, *flags);
  add_distill_options(*command, flags->distill);
  command
      ->add_option("--original", flags->original.path,
                   "The float model that this one was made of, by pruning for example: its answers are the right ones, for measuring "
                   "and for --distill")
      ->type_name("MODEL");
  command->add_option("--io", flags->io, "Inputs and outputs: int8 (as the activations), or float")
      ->check(CLI::IsMember({"int8", "float"}))
      ->capture_default_str();
  command->add_option("--keep", flags->keep, "A layer whose activations stay float (repeat for more)")->type_name("LAYER");
  command
      ->add_option("--keep-weights", flags->keep_weights,
                   "Weights of kept layers: int8, or float (TensorFlow Lite Micro takes no others beside float activations)")
      ->check(CLI::IsMember({"int8", "float"}))
      ->capture_default_str();
  command
      ->add_option("--max-drop", flags->max_drop,
                   "The most accuracy to lose, 1% or 0.01: the most costly layers are kept in int16x8 or float until it holds. "
                   "Without labels, the most "
                   "decisions that may differ from the float model's; for outputs that are no classes, their relative error")
      ->type_name("SHARE");
  command->add_flag("--no-sensitivity", flags->no_sensitivity, "Leave out the table of what each layer costs");
  command->add_flag("--json", flags->json, "Print one JSON object on stdout");
  command->callback([&action, flags] { action = [flags] { return run_quantize(*flags); }; });
}

}  // namespace mote::cli
