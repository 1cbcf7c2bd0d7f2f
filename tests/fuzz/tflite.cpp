// A model file all the way to its library, and back into a file; small ones are evaluated too.

#include "codegen/generate.hpp"
#include "export/tflite.hpp"
#include "fuzz/fuzz.hpp"
#include "import/tflite.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"

namespace mote::fuzz {
namespace {

bool is_small(const Graph& graph) {
  std::int64_t elements = 0;
  for (const Tensor& tensor : graph.tensors) elements += tensor.elements();
  std::int64_t macs = 0;
  for (const Node& node : graph.nodes) macs += node.op->macs(NodeView(graph, node));
  return elements < 100'000 && macs < 1'000'000;
}

void evaluate(const Graph& graph) {
  Evaluator evaluator(graph);
  std::vector<Bytes> inputs;
  for (const TensorId id : graph.inputs) inputs.emplace_back(static_cast<std::size_t>(graph.tensor(id).bytes()), 0x5A);
  for (int i = 0; i < 2; ++i) evaluator.run(inputs);
}

void write_and_read(const Graph& graph) {
  const Graph read = import_tflite(write_tflite(graph), graph.name);
  MOTE_CHECK(print_graph(read) == print_graph(graph));
}

void take(std::span<const std::uint8_t> bytes) {
  Graph graph = import_tflite(bytes, "fuzzed");
  write_and_read(graph);
  const bool small = is_small(graph);
  if (small) evaluate(graph);
  run_passes(graph);
  if (small) evaluate(graph);
  generate_library(make_plan(std::move(graph), find_target("cortex-m4")), "fuzzed");
}

}  // namespace
}  // namespace mote::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mote::fuzz::attempt([&] { mote::fuzz::take({data, size}); });
}
