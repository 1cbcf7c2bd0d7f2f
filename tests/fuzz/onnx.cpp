// An ONNX file all the way to its library; small ones are evaluated too.

#include "codegen/generate.hpp"
#include "fuzz/fuzz.hpp"
#include "import/import.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"

namespace mote::fuzz {
namespace {

bool is_small(const Graph& graph) {
  std::int64_t work = total_macs(graph);
  for (const Tensor& tensor : graph.tensors) work += tensor.elements();
  return work < 500'000;
}

void evaluate(const Graph& graph) {
  Evaluator evaluator(graph);
  std::vector<Bytes> inputs;
  for (const TensorId id : graph.inputs) inputs.emplace_back(static_cast<std::size_t>(graph.tensor(id).bytes()), 0x3A);
  evaluator.run(inputs);
}

void take(std::span<const std::uint8_t> bytes) {
  Graph graph = import_model(bytes, "fuzzed", ".onnx");
  if (!is_small(graph)) return;
  evaluate(graph);
  run_passes(graph);
  evaluate(graph);
  generate_library(make_plan(std::move(graph), find_target("cortex-m4")), "fuzzed");
}

}  // namespace
}  // namespace mote::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mote::fuzz::attempt([&] { mote::fuzz::take({data, size}); });
}
