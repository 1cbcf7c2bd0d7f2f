// Another runtime's layer values for a model.

#include "compare/dump.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mote;
  for (const Graph* graph : {&fuzz::quantized_model(), &fuzz::mixed_model()}) {
    std::vector<Inference> inferences(1);
    for (const TensorId id : graph->inputs) inferences[0].inputs.emplace_back(static_cast<std::size_t>(graph->tensor(id).bytes()), 1);
    const LayerValues layers = run_layers(*graph, find_target("reference"), inferences);
    fuzz::attempt([&] { compare_layers(pair_with_dump(layers, parse_npz({data, size})), {}); });
  }
  return 0;
}
