// Parameters of anomaly scores, for every method that takes some.

#include "fuzz/fuzz.hpp"
#include "pipeline/fitted_parameters.hpp"
#include "pipeline/read_pipeline.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::fuzz::attempt([&] {
    const auto fitted = mote::FittedParameters::parse({data, size});
    for (const char* method : {"mahalanobis", "kmeans", "gaussian_mixture", "isolation_forest", "half_space_trees"}) {
      mote::fuzz::attempt([&] {
        const std::string text =
            std::string("[source]\nrate = 10\nchannels = 2\nformat = \"float32\"\nhop = 1\n[anomaly]\nmethod = \"") + method +
            "\"\n[decision]\n";
        static_cast<void>(mote::parse_pipeline(text, "/nowhere/pipeline.toml", mote::PipelineScope::kAll, &fitted));
      });
    }
  });
  return 0;
}
