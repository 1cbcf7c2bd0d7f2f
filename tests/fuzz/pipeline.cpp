// Pipelines. Their files of models and parameters are not there, so what is read is the text.

#include "fuzz/fuzz.hpp"
#include "graph/print.hpp"
#include "pipeline/read_pipeline.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::fuzz::attempt([&] {
    const mote::Graph graph = mote::parse_pipeline({reinterpret_cast<const char*>(data), size}, "/nowhere/pipeline.toml");
    static_cast<void>(mote::print_graph(graph));
  });
  return 0;
}
