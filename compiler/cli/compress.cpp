#include "cli/command.hpp"

#include "cli/distill_flags.hpp"
#include "cli/learning_data.hpp"
#include "compress/compress.hpp"
#include "export/tflite.hpp"
#include "report/compress_report.hpp"
#include "report/search_report.hpp"
#include "search/search.hpp"
#include "support/files.hpp"
#include "support/interruption.hpp"
#include "support/progress.hpp"
#include "support/table.hpp"
#include "train/distill_report.hpp"

namespace mote::cli {

namespace {

struct CompressFlags {
  ModelOptions model;  // its path and axes
  LearningFlags learning;
  std::string output, prune_macs, prune_weights, rounding = "nearest", io = "int8";
  int prune_rounds = PruneOptions{}.rounds;
  std::size_t prune_multiple = PruneOptions{}.multiple;
  std::vector<std::string> weights;
  std::string budget, max_drop, goal, journal;
  TargetFlags target;
  DistillFlags distill;
  bool to_float = false, json = false;

  bool searches() const { return !budget.empty() || !max_drop.empty() || !goal.empty(); }
};

const std::map<std::string, SearchGoal> kGoals{{"accuracy", SearchGoal::kAccuracy},
                                               {"flash", SearchGoal::kFlash},
                                               {"ram", SearchGoal::kRam},
                                               {"latency", SearchGoal::kLatency}};

CompressOptions options_of(const CompressFlags& flags) {
  CompressOptions options;
  options.quantize.sensitivity = false;
  options.quantize.tune.learned_rounding = flags.rounding == "learned";
  options.quantize.float_borders = flags.io == "float";
  options.quantize.forms = wanted_forms(flags.weights);
  const bool macs = !flags.prune_macs.empty();
  if (!macs && flags.prune_weights.empty()) return options;
  options.prune =
      PruneOptions{.cost = macs ? PruneCost::kMacs : PruneCost::kWeights,
                   .share = macs ? share_of("--prune-macs", flags.prune_macs) : share_of("--prune-weights", flags.prune_weights),
                   .rounds = flags.prune_rounds,
                   .multiple = flags.prune_multiple};
  return options;
}

SearchOptions search_options(const CompressFlags& flags) {
  SearchOptions options;
  options.quantize = options_of(flags).quantize;
  TargetFlags target = flags.target;
  if (!flags.budget.empty()) {
    const BudgetRequest request = parse_budget(flags.budget);
    options.aim.budget = request.budget;
    if (!request.board.empty()) target = {"", request.board};
  }
  if (target.target.empty() && target.board.empty())
    throw Error("what is the model for?", "name a core with -t or a board with --board; `mote targets` lists them");
  options.target = chosen_target(target);
  if (options.aim.budget.milliseconds && !(options.target.clock_hz > 0))
    throw Error(fmt::format("'{}' has no clock, so that nothing takes milliseconds", options.target.name),
                "name a board: latency=30ms@nucleo-l4r5zi");
  if (options.aim.budget.millijoules && !(options.target.nanojoules_per_cycle > 0))
    throw Error(
        fmt::format("nobody has published what a cycle of '{}' costs", target.board.empty() ? target.target : target.board),
        "`mote targets` shows the boards whose energy is known");
  if (!flags.max_drop.empty()) options.aim.max_drop = share_of("--max-drop", flags.max_drop);
  options.aim.goal =
      flags.goal.empty() ? (options.aim.budget.empty() ? SearchGoal::kFlash : SearchGoal::kAccuracy) : kGoals.at(flags.goal);
  return options;
}

ExitCode run_search(const CompressFlags& flags) {
  if (!flags.prune_macs.empty() || !flags.prune_weights.empty() || !flags.weights.empty() || flags.to_float)
    throw Error("a search decides itself what is pruned and which form weights have",
                "leave out --prune-macs, --prune-weights, --weights and --to-float");
  if (!flags.distill.checkpoint.empty())
    throw Error("a search keeps the state of training beside --journal", "leave out --checkpoint");
  if (flags.distill.options.epochs > 0) require_loss_module(flags.distill.options.module);
  SearchOptions options = search_options(flags);
  const std::string& path = flags.model.path;
  const Graph graph = load_model(flags.model, false, PassScope::kPortable);
  const LearningData data = read_learning_data(flags.learning, graph);
  const std::string journal_file = flags.journal.empty() ? flags.output + ".search.jsonl" : flags.journal;
  Journal journal(journal_file, search_identity(graph, data.samples.inputs, data.test, options));
  SearchResult result;
  {
    const Interruption interruption;
    ProgressBar bar;
    std::optional<DistillResult> distilled;
    const auto train = [&](const Recipe& recipe) {
      return fine_tuner(
          flags.distill, graph, data.samples, journal.training_file(recipe), [&] { return interruption.asked(); }, bar,
          distilled);
    };
    if (flags.distill.options.epochs > 0) options.training = SearchTraining{training_text(flags.distill), train};
    result = with_context(path, [&] {
      return search(
          graph, data.samples.inputs, data.test, options, journal, [&] { return interruption.asked(); },
          [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
    });
  }
  const std::vector<std::uint8_t> bytes = with_context(path, [&] { return write_tflite(result.compressed.graph); });
  write_file(flags.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (flags.json) {
    Json json{{"model", path}, {"output", flags.output}, {"journal", journal_file}, {"bytes", bytes.size()}};
    json.update(search_json(result, options));
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{}wrote {}; the library: mote compile {} {} -o DIR\n", search_text(result, options), flags.output, flags.output,
               compile_options_text(result, options));
    if (result.interrupted) fmt::print("stopped: the same command goes on from {}\n", journal_file);
  }
  return result.held ? ExitCode::kDone : ExitCode::kCheckFailed;
}

ExitCode run_compress(const CompressFlags& flags) {
  if (flags.searches()) return run_search(flags);
  CompressOptions options = options_of(flags);
  const std::string& path = flags.model.path;
  const Graph graph = load_model(flags.model, false, PassScope::kPortable);
  const LearningData data = read_learning_data(flags.learning, graph);
  CompressResult result;
  std::optional<DistillResult> distilled;
  {
    ProgressBar bar;
    fine_tune_with(flags.distill, graph, data.samples, bar, distilled, options.quantize);
    result = with_context(path, [&] {
      return compress(graph, data.samples.inputs, data.test, options,
                      [&](std::string_view stage, double fraction) { bar.update(stage, fraction); });
    });
  }
  const Graph& made = flags.to_float && result.pruned ? result.pruned->graph : result.quantized.graph;
  const std::vector<std::uint8_t> bytes = with_context(path, [&] { return write_tflite(made); });
  const auto bytes_before = static_cast<std::int64_t>(std::filesystem::file_size(path));
  write_file(flags.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (flags.json) {
    Json json{{"model", path}, {"output", flags.output}, {"bytes_before", bytes_before}, {"bytes", bytes.size()}};
    json.update(compress_json(result));
    if (distilled) json["distilled"] = distill_json(*distilled);
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{}{}wrote {}: {} bytes ({} has {})\n", distilled ? distill_text(*distilled) + "\n" : "", compress_text(result),
               flags.output, grouped(static_cast<std::int64_t>(bytes.size())), path, grouped(bytes_before));
  }
  return ExitCode::kDone;
}

void add_search_options(CLI::App& command, CompressFlags& flags) {
  command
      .add_option("--budget", flags.budget,
                  "Search for the model that keeps to it: flash=64K,ram=24K,latency=30ms@nucleo-l4r5zi,energy=1mJ, any of them")
      ->type_name("LIMITS");
  command
      .add_option("--max-drop", flags.max_drop,
                  "Search, and lose at most so much accuracy, 1% or 0.01 (without labels: decisions that differ from the "
                  "original's; without "
                  "decisions: relative error)")
      ->type_name("SHARE");
  command
      .add_option("--goal", flags.goal,
                  "Search, for the best of what is allowed in: accuracy (with a budget), flash (without), ram, latency")
      ->check(CLI::IsMember({"accuracy", "flash", "ram", "latency"}));
  command.add_option("-t,--target", flags.target.target, "The core that a search is for; `mote targets` lists them")
      ->type_name("TARGET");
  command.add_option("--board", flags.target.board, "A board: its core, with its clock, memory and energy per cycle")
      ->type_name("BOARD");
  command
      .add_option("--journal", flags.journal,
                  "Where a search keeps what it finds, so that it can be stopped and started again: OUTPUT.search.jsonl")
      ->type_name("FILE");
}

void add_prune_options(CLI::App& command, CompressFlags& flags) {
  auto* macs = command
                   .add_option("--prune-macs", flags.prune_macs,
                               "Take out whole channels until this share of the multiplications is gone, 50% or 0.5")
                   ->type_name("SHARE");
  command.add_option("--prune-weights", flags.prune_weights, "The same for the share of the weights")
      ->type_name("SHARE")
      ->excludes(macs);
  command
      .add_option("--prune-rounds", flags.prune_rounds,
                  "Take them out in so many rounds; after each, the weights that stay are fitted and layers are judged anew")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  command
      .add_option("--prune-multiple", flags.prune_multiple,
                  "Layers that lose channels keep a multiple of so many: kernels work on blocks of them, often 4")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

}  // namespace

void add_compress(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("compress", "Make a float model smaller and int8, and measure what that costs");
  auto flags = std::make_shared<CompressFlags>();
  command->add_option("model", flags->model.path, "A .tflite or .onnx file")->required()->type_name("MODEL");
  command->add_option("--dim", flags->model.dims, "ONNX: the extent of an axis that the file leaves open")->type_name("NAME=N");
  add_learning_options(
      *command,
      "Typical inputs, as for `mote run`, the more the better: weights are fitted on them; with labels, accuracy is measured",
      flags->learning);
  command->add_option("-o,--output", flags->output, "The .tflite file to write")->required()->type_name("FILE");
  add_search_options(*command, *flags);
  add_prune_options(*command, *flags);
  command
      ->add_option("--weights", flags->weights,
                   "Structure for weights, as for `mote quantize`: int4, clusters16, 2:4, LAYER=FORM (repeat for more)")
      ->type_name("FORM");
  command->add_option("--rounding", flags->rounding, "Rounding of weights to int8, as for `mote quantize`: nearest, learned")
      ->check(CLI::IsMember({"nearest", "learned"}))
      ->capture_default_str();
  command->add_option("--io", flags->io, "Inputs and outputs: int8 (as the activations), or float")
      ->check(CLI::IsMember({"int8", "float"}))
      ->capture_default_str();
  add_distill_options(*command, flags->distill);
  command->add_flag("--to-float", flags->to_float, "Write the pruned model in float32 instead")->excludes("--distill");
  command->add_flag("--json", flags->json, "Print one JSON object on stdout");
  command->callback([&action, flags] { action = [flags] { return run_compress(*flags); }; });
}

}  // namespace mote::cli
