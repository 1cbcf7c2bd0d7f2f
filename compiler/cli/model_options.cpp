#include "cli/command.hpp"

#include "import/tflite.hpp"

namespace mote::cli {

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option("model", options.path, "A .tflite file")->required()->type_name("MODEL");
  command
      .add_option("--io", options.io,
                  "native: inputs and outputs as in the model; int8: float borders (QUANTIZE, DEQUANTIZE) are dropped and values "
                  "stay quantized")
      ->check(CLI::IsMember({"native", "int8"}))
      ->capture_default_str();
  command.add_flag("--json", options.json, "Print one JSON object on stdout");
  command.add_option("--print-after", options.print_after, "Print the graph as text to stderr after this pass")
      ->type_name("PASS");
  command.add_option("--stop-after", options.stop_after, "Run only the first N passes, to find the one that is wrong")
      ->type_name("N");
}

void add_kernel_options(CLI::App& command, KernelOptions& options) {
  command
      .add_option("--kernels", options.library,
                  "mote: its own; cmsis-nn: CMSIS-NN 4.0.0 where it computes the same, which stands beside the generated library")
      ->check(CLI::IsMember({"mote", "cmsis-nn"}))
      ->capture_default_str();
  command
      .add_option("--cmsis-nn", options.cmsis_nn,
                  "CMSIS-NN's folder, with Include and Source, and CMSIS-Core beside it; MOTE_CMSIS_NN_DIR by default")
      ->type_name("DIR");
}

std::string* add_target_option(CLI::App& command, std::string& target) {
  command.add_option("-t,--target", target, "A core, `host` or `reference`; `mote targets` lists them")
      ->required()
      ->type_name("TARGET");
  return &target;
}

Graph load_model(const ModelOptions& options, bool tell_passes) {
  Graph graph = import_tflite_file(options.path);
  if (options.io == "int8") drop_float_borders(graph);
  PassOptions passes{.print_after = options.print_after, .stop_after = options.stop_after, .log = {}};
  if (tell_passes || !options.print_after.empty() || options.stop_after >= 0)
    passes.log = [](std::string_view text) { fmt::print(stderr, "{}", text); };
  with_context(options.path, [&] { run_passes(graph, passes); });
  return graph;
}

}  // namespace mote::cli
