#pragma once

#include <string>

#include "common/random_graph.hpp"
#include "import/tflite.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"

namespace mote::test {

/// Takes a model's bytes as far as they go: the message it is refused with, or an empty text once it has been imported, evaluated
/// (when it is small) and planned. Everything but an Error leaves this function.
inline std::string try_model(std::span<const std::uint8_t> bytes) {
  constexpr std::int64_t kMostWork = 2'000'000;
  try {
    Graph graph = import_tflite(bytes, "tried");
    run_passes(graph);
    std::int64_t work = 0;
    for (const Tensor& tensor : graph.tensors) work += tensor.elements();
    for (const Node& node : graph.nodes) work += node.op->macs(NodeView(graph, node));
    Random random(1);
    if (work < kMostWork) Evaluator(graph).run(random_inputs(graph, random));
    make_plan(std::move(graph), find_target("cortex-m4"));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace mote::test
