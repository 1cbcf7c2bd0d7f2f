// Input data for a model; the first byte chooses the kind of file, the model and how the data is read.

#include "data/samples.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kEndings[] = {".csv", ".npy", ".npz", ".bin"};
  if (size == 0) return 0;
  const mote::Graph& graph = (data[0] & 4) != 0 ? mote::fuzz::mixed_model() : mote::fuzz::quantized_model();
  mote::DataOptions options;
  if ((data[0] & 8) != 0) options.labels = {"1"};
  if ((data[0] & 16) != 0) options.ignored = {"2"};
  if ((data[0] & 32) != 0) options.mean = {0.5}, options.scale = {2};
  options.allow_nan = (data[0] & 64) != 0;
  return mote::fuzz::attempt([&] {
    const mote::Samples samples = mote::parse_samples({data + 1, size - 1}, kEndings[data[0] & 3], graph, options);
    for (const auto& inputs : samples.inputs) {
      MOTE_CHECK(inputs.size() == graph.inputs.size());
      for (std::size_t i = 0; i < inputs.size(); ++i) MOTE_CHECK(static_cast<std::int64_t>(inputs[i].size()) == graph.tensor(graph.inputs[i]).bytes());
    }
    for (const std::size_t answers : {samples.labels.size(), samples.targets.size(), samples.starts_case.size()})
      MOTE_CHECK(answers == 0 || answers == samples.inputs.size());
  });
}
