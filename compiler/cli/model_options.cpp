#include "cli/command.hpp"

#include <charconv>

#include "import/import.hpp"
#include "passes/stream.hpp"
#include "pipeline/read_pipeline.hpp"
#include "support/table.hpp"
#include "targets/board.hpp"

namespace mote::cli {

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option("model", options.path, "A .tflite or .onnx file, or a pipeline (.toml)")->required()->type_name("MODEL");
  command
      .add_option("--io", options.io,
                  "native: inputs and outputs as in the model; int8: float borders (QUANTIZE, DEQUANTIZE) are dropped and values "
                  "stay quantized")
      ->check(CLI::IsMember({"native", "int8"}))
      ->capture_default_str();
  command
      .add_option("--dim", options.dims,
                  "ONNX: the extent of an axis that the file leaves open, by its symbol or as INPUT:AXIS; a first axis that is not named is 1")
      ->type_name("NAME=N");
  command
      .add_option("--input-type", options.input_type,
                  "native: inputs as in the model; int8, uint8, int16: inputs whose values are such integers are handed over as "
                  "integers, with the same answers")
      ->check(CLI::IsMember({"native", "int8", "uint8", "int16"}))
      ->capture_default_str();
  auto* stream = command
      .add_option("--stream", options.stream_axis,
                  "Time is this axis of the input: a run takes the newest frame and gives what the model gives for the window of the last "
                  "frames, but computes only what is new")
      ->type_name("AXIS");
  command.add_option("--stream-frames", options.stream_frames, "New frames in each run")->type_name("N")->capture_default_str()->needs(stream);
  command
      .add_flag("--stream-keep-more", options.stream_keep_more,
                "Keep what SAME paddings at the window's start need: fewer instructions for more RAM")
      ->needs(stream);
  command.add_flag("--json", options.json, "Print one JSON object on stdout");
  command.add_option("--print-after", options.print_after, "Print the graph as text to stderr after this pass")
      ->type_name("PASS");
  command.add_option("--stop-after", options.stop_after, "Run only the first N passes, to find the one that is wrong")
      ->type_name("N");
}

void add_target_options(CLI::App& command, TargetFlags& flags) {
  auto* group = command.add_option_group("target", "What to compile for, one of:");
  group->add_option("-t,--target", flags.target, "A core, `host` or `reference`; `mote targets` lists them")->type_name("TARGET");
  group
      ->add_option("--board", flags.board,
                   "A board: its core, with its clock, memory and energy per cycle; `mote targets` lists them")
      ->type_name("BOARD");
  group->require_option(1);
}

Target chosen_target(const TargetFlags& flags) {
  return flags.board.empty() ? find_target(flags.target) : find_board(flags.board).as_target();
}

void require_fits_board(const Plan& plan, const TargetFlags& flags) {
  if (flags.board.empty()) return;
  const Board& board = find_board(flags.board);
  const std::int64_t flash = plan.constant_bytes() + plan.predicted_code_bytes;
  const std::int64_t ram = plan.memory.arena_bytes + plan.stack_scratch_bytes();
  if (flash > board.flash_bytes)
    throw Error(
        fmt::format("the model needs about {} bytes of flash; {} has {}", grouped(flash), board.name, grouped(board.flash_bytes)),
        fmt::format("hold it to the board with --flash {}; `mote plan` says what there is to choose from", board.flash_bytes));
  if (ram > board.ram_bytes)
    throw Error(fmt::format("the model needs {} bytes of RAM; {} has {}", grouped(ram), board.name, grouped(board.ram_bytes)),
                fmt::format("hold it to the board with --ram {}; `mote plan` says what there is to choose from", board.ram_bytes));
}

ImportOptions import_options(const ModelOptions& options) {
  ImportOptions result;
  for (const std::string& each : options.dims) {
    const std::size_t equals = each.rfind('=');
    std::int32_t extent = 0;
    const char* end = each.data() + each.size();
    const char* begin = equals == std::string::npos ? end : each.data() + equals + 1;
    const auto [stopped, code] = std::from_chars(begin, end, extent);
    if (equals == 0 || code != std::errc() || stopped != end || extent < 1)
      throw Error(fmt::format("--dim {} is not NAME=N with N at least 1", each), "for example: --dim batch=1");
    result.dims[each.substr(0, equals)] = extent;
  }
  return result;
}

Graph load_model(const ModelOptions& options, bool tell_passes, PassScope scope) {
  if (options.stream_axis && scope == PassScope::kPortable)
    throw Error("a model file has no form for a streamed model", "write the file without --stream, then compile, run or verify it with --stream");
  const ImportOptions importing = import_options(options);
  Graph graph = std::filesystem::path(options.path).extension() == ".toml" ? read_pipeline_file(options.path) : import_model_file(options.path, importing);
  if (options.io == "int8") drop_float_borders(graph);
  if (options.input_type != "native") with_context(options.path, [&] { set_input_type(graph, *type_from_name(options.input_type)); });
  PassOptions passes{.print_after = options.print_after, .stop_after = options.stop_after, .log = {}, .scope = scope};
  if (tell_passes || !options.print_after.empty() || options.stop_after >= 0)
    passes.log = [](std::string_view text) { fmt::print(stderr, "{}", text); };
  with_context(options.path, [&] {
    run_passes(graph, passes);
    if (options.stream_axis)
      graph = stream_over_time(graph, {.axis = *options.stream_axis, .frames = options.stream_frames, .keep_more = options.stream_keep_more, .log = passes.log});
  });
  return graph;
}

}  // namespace mote::cli
