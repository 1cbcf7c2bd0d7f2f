// Input data for a model; the first byte chooses the kind of file and the model.

#include "data/samples.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kEndings[] = {".csv", ".npy", ".npz", ".bin"};
  if (size == 0) return 0;
  const mote::Graph& graph = (data[0] & 4) != 0 ? mote::fuzz::mixed_model() : mote::fuzz::quantized_model();
  return mote::fuzz::attempt([&] {
    const mote::Samples samples = mote::parse_samples({data + 1, size - 1}, kEndings[data[0] & 3], graph);
    for (const auto& inputs : samples.inputs) {
      MOTE_CHECK(inputs.size() == graph.inputs.size());
      for (std::size_t i = 0; i < inputs.size(); ++i) MOTE_CHECK(static_cast<std::int64_t>(inputs[i].size()) == graph.tensor(graph.inputs[i]).bytes());
    }
    MOTE_CHECK(samples.labels.empty() || samples.labels.size() == samples.inputs.size());
  });
}
