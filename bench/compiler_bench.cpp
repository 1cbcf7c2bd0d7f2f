// How long the compiler itself takes, on the activity example.

#include <benchmark/benchmark.h>

#include "codegen/generate.hpp"
#include "import/tflite.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"
#include "support/files.hpp"

namespace {

const std::filesystem::path kModel = std::filesystem::path(MOTE_SOURCE_DIR) / "examples/activity/activity.tflite";

mote::Graph load() {
  mote::Graph graph = mote::import_tflite_file(kModel);
  mote::run_passes(graph);
  return graph;
}

void import_and_passes(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(load());
}
BENCHMARK(import_and_passes)->Unit(benchmark::kMicrosecond);

void plan(benchmark::State& state) {
  const mote::Graph graph = load();
  for (auto _ : state) benchmark::DoNotOptimize(mote::make_plan(graph, mote::find_target("cortex-m4")));
}
BENCHMARK(plan)->Unit(benchmark::kMicrosecond);

void generate(benchmark::State& state) {
  const mote::Plan planned = mote::make_plan(load(), mote::find_target("cortex-m4"));
  for (auto _ : state) benchmark::DoNotOptimize(mote::generate_library(planned, "activity"));
}
BENCHMARK(generate)->Unit(benchmark::kMicrosecond);

void evaluate(benchmark::State& state) {
  const mote::Graph graph = load();
  mote::Evaluator evaluator(graph);
  const std::vector<mote::Bytes> inputs{mote::Bytes(static_cast<std::size_t>(graph.tensor(graph.inputs[0]).bytes()))};
  for (auto _ : state) benchmark::DoNotOptimize(evaluator.run(inputs));
}
BENCHMARK(evaluate)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
