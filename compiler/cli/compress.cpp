#include "cli/command.hpp"

#include "compress/compress.hpp"
#include "data/samples.hpp"
#include "export/tflite.hpp"
#include "report/compress_report.hpp"
#include "support/files.hpp"
#include "support/progress.hpp"
#include "support/table.hpp"

namespace mote::cli {

namespace {

struct CompressFlags {
  ModelOptions model;  // its path and axes
  std::string data, test, output, prune_macs, prune_weights, rounding = "nearest", io = "int8";
  int prune_rounds = PruneOptions{}.rounds;
  bool to_float = false, json = false;
};

CompressOptions options_of(const CompressFlags& flags) {
  CompressOptions options;
  options.quantize.sensitivity = false;
  options.quantize.tune.learned_rounding = flags.rounding == "learned";
  options.quantize.float_borders = flags.io == "float";
  const bool macs = !flags.prune_macs.empty();
  if (!macs && flags.prune_weights.empty()) return options;
  options.prune = PruneOptions{.cost = macs ? PruneCost::kMacs : PruneCost::kWeights,
                               .share = macs ? share_of("--prune-macs", flags.prune_macs) : share_of("--prune-weights", flags.prune_weights),
                               .rounds = flags.prune_rounds};
  return options;
}

ExitCode run_compress(const CompressFlags& flags) {
  const CompressOptions options = options_of(flags);
  const std::string& path = flags.model.path;
  const Graph graph = load_model(flags.model, false, PassScope::kPortable);
  const Samples samples = read_samples(flags.data, graph);
  Samples tests;
  if (!flags.test.empty()) tests = read_samples(flags.test, graph);
  const TestData test{std::move(tests.inputs), flags.test.empty() ? samples.labels : tests.labels};
  CompressResult result;
  {
    ProgressBar bar;
    result = with_context(path, [&] {
      return compress(graph, samples.inputs, test, options, [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
    });
  }
  const Graph& made = flags.to_float && result.pruned ? result.pruned->graph : result.quantized.graph;
  const std::vector<std::uint8_t> bytes = with_context(path, [&] { return write_tflite(made); });
  const auto bytes_before = static_cast<std::int64_t>(std::filesystem::file_size(path));
  write_file(flags.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (flags.json) {
    Json json{{"model", path}, {"output", flags.output}, {"bytes_before", bytes_before}, {"bytes", bytes.size()}};
    json.update(compress_json(result));
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{}wrote {}: {} bytes ({} has {})\n", compress_text(result), flags.output, grouped(static_cast<std::int64_t>(bytes.size())),
               path, grouped(bytes_before));
  }
  return ExitCode::kDone;
}

void add_prune_options(CLI::App& command, CompressFlags& flags) {
  auto* macs = command
                   .add_option("--prune-macs", flags.prune_macs,
                               "Take out whole channels until this share of the multiplications is gone, 50% or 0.5")
                   ->type_name("SHARE");
  command.add_option("--prune-weights", flags.prune_weights, "The same for the share of the weights")->type_name("SHARE")->excludes(macs);
  command
      .add_option("--prune-rounds", flags.prune_rounds,
                  "Take them out in so many rounds; after each, the weights that stay are fitted and layers are judged anew")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
}

}  // namespace

void add_compress(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("compress", "Make a float model smaller and int8, without training, and measure what that costs");
  auto flags = std::make_shared<CompressFlags>();
  command->add_option("model", flags->model.path, "A .tflite or .onnx file")->required()->type_name("MODEL");
  command->add_option("--dim", flags->model.dims, "ONNX: the extent of an axis that the file leaves open")->type_name("NAME=N");
  command
      ->add_option("--data", flags->data,
                   "Typical inputs, as for `mote run`, the more the better: weights are fitted on them; with labels, accuracy is measured")
      ->required()
      ->type_name("FILE");
  command->add_option("--test", flags->test, "Measure on these instead, with labels if possible")->type_name("FILE");
  command->add_option("-o,--output", flags->output, "The .tflite file to write")->required()->type_name("FILE");
  add_prune_options(*command, *flags);
  command->add_option("--rounding", flags->rounding, "Rounding of weights to int8, as for `mote quantize`: nearest, learned")
      ->check(CLI::IsMember({"nearest", "learned"}))
      ->capture_default_str();
  command->add_option("--io", flags->io, "Inputs and outputs: int8 (as the activations), or float")
      ->check(CLI::IsMember({"int8", "float"}))
      ->capture_default_str();
  command->add_flag("--to-float", flags->to_float, "Write the pruned model in float32 instead");
  command->add_flag("--json", flags->json, "Print one JSON object on stdout");
  command->callback([&action, flags] { action = [flags] { return run_compress(*flags); }; });
}

}  // namespace mote::cli
