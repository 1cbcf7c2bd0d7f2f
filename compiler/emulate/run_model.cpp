#include "emulate/run_model.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "codegen/generate.hpp"
#include "codegen/write_rows.hpp"
#include "emulate/side_by_side.hpp"
#include "memory/timeline.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

constexpr std::string_view kName = "model_under_test";

std::vector<std::size_t> byte_counts(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::size_t> counts;
  for (const TensorId id : ids) counts.push_back(static_cast<std::size_t>(graph.tensor(id).bytes()));
  return counts;
}

std::vector<Bytes> cut(const Bytes& whole, const std::vector<std::size_t>& sizes) {
  std::vector<Bytes> parts;
  auto at = whole.begin();
  for (const std::size_t size : sizes) {
    parts.emplace_back(at, at + static_cast<std::ptrdiff_t>(size));
    at += static_cast<std::ptrdiff_t>(size);
  }
  return parts;
}

bool keeps_state(const Graph& graph) {
  return std::any_of(graph.tensors.begin(), graph.tensors.end(), [](const Tensor& tensor) { return tensor.is_state; });
}

RunResult run_reference(const Graph& graph, const std::vector<Inference>& inferences, const Progress& progress,
                        std::size_t lanes) {
  RunResult result;
  result.outputs.resize(inferences.size());
  const bool stateful = keeps_state(graph);
  const auto parts =
      cut_into_parts(inferences.size(), lanes, [&](std::size_t i) { return !stateful || inferences[i].reset_before; });
  std::mutex mutex;
  std::size_t done = 0;
  if (progress) progress("evaluate", 0);
  run_side_by_side(parts.size(), lanes, [&](std::size_t p) {
    Evaluator evaluator(graph);
    for (std::size_t i = parts[p].begin; i < parts[p].end; ++i) {
      const StateEvents& events = inferences[i].events;
      if (inferences[i].reset_before) evaluator.reset();
      if (events.restart_before || events.restore_before) evaluator.restart();  // what lasts is there again after a restoration
      result.outputs[i] = evaluator.run(inferences[i].inputs);
      if (events.teach && !evaluator.teach(*events.teach))
        throw Error(fmt::format("the model learns no class {}", *events.teach));
      const std::lock_guard lock(mutex);
      if (progress) progress("evaluate", static_cast<double>(++done) / static_cast<double>(inferences.size()));
    }
  });
  return result;
}

/// Layers are measured in the order of their first calls, in which branches of a region may differ from the plan's.
void put_in_order(const Plan& plan, std::vector<LayerProfile>& layers) {
  if (plan.regions.empty() || layers.size() != plan.steps.size()) return;
  const Timeline timeline(plan.graph, plan.regions);
  std::vector<std::size_t> by_call(layers.size());
  std::iota(by_call.begin(), by_call.end(), 0);
  std::stable_sort(by_call.begin(), by_call.end(),
                   [&](std::size_t a, std::size_t b) { return timeline.first(plan.steps[a].node) < timeline.first(plan.steps[b].node); });
  const std::vector<LayerProfile> measured = layers;
  for (std::size_t i = 0; i < layers.size(); ++i) layers[by_call[i]] = measured[i];
}

}  // namespace

RunResult run_model(const Plan& plan, const std::vector<Inference>& inferences, bool profile, const Progress& progress,
                    const BuildOptions& build, std::size_t lanes) {
  if (plan.target.is_reference()) return run_reference(plan.graph, inferences, progress, lanes);
  const TemporaryDirectory directory;
  write_files(directory.path(), generate_library(plan, std::string(kName)));
  EmulationJob job;
  job.source_dir = directory.path();
  job.model_name = kName;
  job.cxx_flags = build.cxx_flags;
  if (const auto files = plan.library_sources(); !files.empty())
    job.library = library_sources(find_cmsis_nn(build.cmsis_nn), files, plan.target);
  job.layer_count = plan.steps.size();
  job.fed_by_rows = fed_region(plan) != nullptr;
  job.input_bytes = byte_counts(plan.graph, plan.graph.inputs);
  job.output_bytes = byte_counts(plan.graph, plan.graph.outputs);
  job.keeps_state = keeps_state(plan.graph);
  job.profile = profile;
  job.lanes = lanes;
  for (const Inference& inference : inferences) {
    Sample sample{inference.reset_before, {}, inference.events};
    for (const Bytes& input : inference.inputs) sample.bytes.insert(sample.bytes.end(), input.begin(), input.end());
    job.samples.push_back(std::move(sample));
  }
  RunResult result;
  result.measured = emulate(plan.target, job, progress);
  for (const Bytes& whole : result.measured.outputs) result.outputs.push_back(cut(whole, job.output_bytes));
  result.measured.outputs.clear();
  put_in_order(plan, result.measured.layers);
  return result;
}

}  // namespace mote
