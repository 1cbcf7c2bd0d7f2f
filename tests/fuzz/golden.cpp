// Expected outputs for a model.

#include "data/golden.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const mote::Graph* graph : {&mote::fuzz::quantized_model(), &mote::fuzz::mixed_model()}) {
    mote::fuzz::attempt([&] {
      const mote::Golden golden = mote::parse_golden({data, size}, *graph, "tflm");
      std::vector<std::vector<mote::Bytes>> same;
      for (const mote::GoldenStep& step : golden.steps) same.push_back(step.outputs);
      MOTE_CHECK(mote::compare(golden, same, *graph).mismatching_values == 0);
    });
  }
  return 0;
}
