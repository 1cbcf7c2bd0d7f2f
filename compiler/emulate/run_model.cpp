#include "emulate/run_model.hpp"

#include "codegen/generate.hpp"
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

RunResult run_reference(const Graph& graph, const std::vector<Inference>& inferences, const Progress& progress) {
  RunResult result;
  Evaluator evaluator(graph);
  for (std::size_t i = 0; i < inferences.size(); ++i) {
    if (inferences[i].reset_before) evaluator.reset();
    result.outputs.push_back(evaluator.run(inferences[i].inputs));
    if (progress) progress("evaluate", static_cast<double>(i + 1) / static_cast<double>(inferences.size()));
  }
  return result;
}

}  // namespace

RunResult run_model(const Plan& plan, const std::vector<Inference>& inferences, bool profile, const Progress& progress,
                    const BuildOptions& build) {
  if (plan.target.is_reference()) return run_reference(plan.graph, inferences, progress);
  const TemporaryDirectory directory;
  write_files(directory.path(), generate_library(plan, std::string(kName)));
  EmulationJob job;
  job.source_dir = directory.path();
  job.model_name = kName;
  job.cxx_flags = build.cxx_flags;
  if (const auto files = plan.library_sources(); !files.empty())
    job.library = library_sources(find_cmsis_nn(build.cmsis_nn), files, plan.target);
  job.layer_count = plan.steps.size();
  job.input_bytes = byte_counts(plan.graph, plan.graph.inputs);
  job.output_bytes = byte_counts(plan.graph, plan.graph.outputs);
  job.profile = profile;
  for (const Inference& inference : inferences) {
    Sample sample{inference.reset_before, {}};
    for (const Bytes& input : inference.inputs) sample.bytes.insert(sample.bytes.end(), input.begin(), input.end());
    job.samples.push_back(std::move(sample));
  }
  RunResult result;
  result.measured = emulate(plan.target, job, progress);
  for (const Bytes& whole : result.measured.outputs) result.outputs.push_back(cut(whole, job.output_bytes));
  result.measured.outputs.clear();
  return result;
}

}  // namespace mote
