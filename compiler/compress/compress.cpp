#include "compress/compress.hpp"

namespace mote {

CompressResult compress(const Graph& graph, const SampleInputs& samples, const TestData& test, const CompressOptions& options,
                        const QuantizeProgress& progress) {
  CompressResult result;
  if (options.prune) result.pruned = prune_channels(graph, samples, *options.prune, progress);
  const Graph& smaller = result.pruned ? result.pruned->graph : graph;
  result.quantized = quantize(smaller, samples, test, options.quantize, progress);
  const SampleInputs& tests = test.inputs.empty() ? samples : test.inputs;
  const OutputForm form = output_form(graph, !test.labels.empty());
  const Answers exact = answers_of(graph, graph, tests, progress, "original");
  const auto quality = [&](const Graph& made) {
    return compare_answers(exact, answers_of(graph, made, tests, progress, "measuring"), form, test.labels);
  };
  result.exact = compare_answers(exact, exact, form, test.labels);
  result.after_pruning = result.pruned ? quality(smaller) : result.exact;
  result.after_quantizing = quality(result.quantized.graph);
  return result;
}

}  // namespace mote
