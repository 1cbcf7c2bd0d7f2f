#pragma once

#include <string>
#include <vector>

#include "codegen/generate.hpp"
#include "common/graph_builder.hpp"
#include "common/paths.hpp"
#include "import/tflite.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"
#include "support/files.hpp"

namespace mote::test {

/// Models written as graphs in tests/golden, each with its generated library beside it.
inline const std::vector<std::string> kGoldenModels{"classifier", "regression", "stream"};

inline std::filesystem::path golden_directory() { return std::string(kSourceDirectory) + "/tests/golden"; }

/// A golden model as it stands, or "activity", the example, after all passes.
inline Graph model_named(const std::string& name) {
  if (name == "activity") {
    Graph graph = import_tflite_file(std::string(kSourceDirectory) + "/examples/activity/activity.tflite");
    run_passes(graph);
    return graph;
  }
  const auto text = read_file(golden_directory() / (name + ".graph"));
  return graph_of({reinterpret_cast<const char*>(text.data()), text.size()});
}

inline FileSet library_of(const std::string& name, std::string_view target = "cortex-m4") {
  return generate_library(make_plan(model_named(name), find_target(target)), name);
}

}  // namespace mote::test
