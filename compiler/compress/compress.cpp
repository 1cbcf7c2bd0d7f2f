#include "compress/compress.hpp"

namespace mote {

CompressResult compress(const Graph& graph, const SampleInputs& samples, const TestData& test, const CompressOptions& options,
                        const QuantizeProgress& progress) {
  CompressResult result;
  if (options.prune) result.pruned = prune_channels(graph, samples, *options.prune, progress);
  QuantizeOptions how = options.quantize;
  how.original = graph;
  Quantizer quantizer(result.pruned ? result.pruned->graph : graph, samples, test, how, progress);
  result.quantized = quantizer.quantize(how.forms, how.fine_tune, progress);
  result.after_pruning = result.pruned ? quantizer.quality_of(result.pruned->graph, progress) : result.quantized.exact;
  return result;
}

}  // namespace mote
