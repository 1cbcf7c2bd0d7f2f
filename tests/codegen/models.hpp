#pragma once

#include <string>
#include <vector>

#include "codegen/generate.hpp"
#include "common/graph_builder.hpp"
#include "common/paths.hpp"
#include "import/tflite.hpp"
#include "passes/passes.hpp"
#include "passes/stream.hpp"
#include "select/plan.hpp"
#include "support/files.hpp"

namespace mote::test {

/// Models written as graphs in tests/golden, each with its generated library beside it.
inline const std::vector<std::string> kGoldenModels{"classifier", "regression", "stream"};

inline std::filesystem::path golden_directory() { return std::string(kSourceDirectory) + "/tests/golden"; }

/// A network over eight frames of five values, frame by frame.
inline Graph by_frames() {
  GraphBuilder builder("by_frames");
  const Quantization scale = quantized(0.1F);
  const auto ones = [](int count) { return std::vector<std::int8_t>(static_cast<std::size_t>(count), 1); };
  const TensorId in = builder.input({1, 8, 1, 5});
  const TensorId first = builder.node("depthwise_conv_2d", {in, builder.constant<std::int8_t>({1, 3, 1, 5}, ones(15), scale)});
  const TensorId wider = builder.node("conv_2d", {first, builder.constant<std::int8_t>({8, 1, 1, 5}, ones(40), scale)});
  builder.output(builder.node("depthwise_conv_2d", {wider, builder.constant<std::int8_t>({1, 6, 1, 8}, ones(48), scale)}));
  return stream_over_time(builder.finish(), {.axis = 1});
}

/// A golden model as it stands, "by_frames", or "activity", the example, after all passes.
inline Graph model_named(const std::string& name) {
  if (name == "activity") {
    Graph graph = import_tflite_file(std::string(kSourceDirectory) + "/examples/activity/activity.tflite");
    run_passes(graph);
    return graph;
  }
  if (name == "by_frames") return by_frames();
  const auto text = read_file(golden_directory() / (name + ".graph"));
  return graph_of({reinterpret_cast<const char*>(text.data()), text.size()});
}

inline FileSet library_of(const std::string& name, std::string_view target = "cortex-m4") {
  return generate_library(make_plan(model_named(name), find_target(target)), name);
}

}  // namespace mote::test
