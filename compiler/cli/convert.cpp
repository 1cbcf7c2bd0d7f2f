#include <set>

#include "cli/command.hpp"
#include "export/tflite.hpp"
#include "graph/operator.hpp"
#include "report/report.hpp"
#include "support/files.hpp"
#include "support/table.hpp"

namespace mote::cli {

namespace {

struct ConvertOptions {
  ModelOptions model;
  std::string output;
};

/// Bytes of the constants, shared ones once.
std::int64_t constant_bytes(const Graph& graph) {
  std::set<const void*> seen;
  std::int64_t bytes = 0;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.is_constant() && seen.insert(tensor.data.get()).second) bytes += tensor.bytes();
  }
  return bytes;
}

ExitCode convert(const ConvertOptions& options) {
  const Graph graph = load_model(options.model, true, PassScope::kPortable);
  const std::vector<std::uint8_t> bytes = with_context(options.model.path, [&] { return write_tflite(graph); });
  const std::uintmax_t bytes_before = std::filesystem::file_size(options.model.path);
  write_file(options.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (options.model.json) {
    fmt::print("{}", json_text({{"model", options.model.path},
                                {"output", options.output},
                                {"bytes_before", bytes_before},
                                {"bytes", bytes.size()},
                                {"operators", graph.nodes.size()},
                                {"constant_bytes", constant_bytes(graph)},
                                {"macs", total_macs(graph)}}));
  } else {
    fmt::print("{}: {} operators, {} MACs, {} bytes of constants\nwrote {}: {} bytes ({} has {})\n", graph.name, graph.nodes.size(),
               grouped(total_macs(graph)), grouped(constant_bytes(graph)), options.output,
               grouped(static_cast<std::int64_t>(bytes.size())), options.model.path,
               grouped(static_cast<std::int64_t>(bytes_before)));
  }
  return ExitCode::kDone;
}

}  // namespace

void add_convert(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("convert", "Write a model as .tflite, simplified without a change to any answer");
  auto options = std::make_shared<ConvertOptions>();
  add_model_options(*command, options->model);
  command->add_option("-o,--output", options->output, "The .tflite file to write; `--stop-after 0` writes the graph as it was read")
      ->required()
      ->type_name("FILE");
  command->callback([&action, options] { action = [options] { return convert(*options); }; });
}

}  // namespace mote::cli
