// Plans of real int8 models, of MOTE_SHARED_DIR/models/full, if that variable is set.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "common/arena_check.hpp"
#include "import/import.hpp"
#include "passes/passes.hpp"
#include "select/plan.hpp"
#include "select/selection.hpp"

namespace mote::test {
namespace {

constexpr std::size_t kParts = 4;

/// All of them, in order.
std::vector<std::filesystem::path> models() {
  std::vector<std::filesystem::path> found;
  const char* shared = std::getenv("MOTE_SHARED_DIR");
  if (shared == nullptr) return found;
  for (const auto& each : std::filesystem::directory_iterator(std::filesystem::path(shared) / "models" / "full")) {
    if (each.path().extension() == ".tflite") found.push_back(each.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_int8(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return graph.tensor(node.outputs[0]).type == DataType::kInt8; });
}

std::string fault_of(const Plan& plan) {
  std::vector<NodeMemory> nodes;
  for (std::size_t i = 0; i < plan.graph.nodes.size(); ++i) {
    const Step* step = plan.step_of(i);
    nodes.push_back({.aliases = plan.graph.nodes[i].op->aliases(NodeView(plan.graph, plan.graph.nodes[i]))});
    if (step == nullptr) continue;
    nodes[i].scratch_bytes = step->call.scratch_bytes;
    nodes[i].in_place = step->call.in_place;
    nodes[i].overlaps = step->call.overlaps;
  }
  return arena_fault(plan.graph, nodes, plan.memory, plan.regions);
}

class SharedModels : public testing::TestWithParam<std::size_t> {};

TEST_P(SharedModels, NeedNoMoreThanWithoutOverlapsAndLoseNoByte) {
  const auto paths = models();
  if (paths.empty()) GTEST_SKIP() << "MOTE_SHARED_DIR names no models";
  const Target& target = find_target("cortex-m4");
  for (std::size_t i = GetParam(); i < paths.size(); i += kParts) {
    SCOPED_TRACE(paths[i].filename());
    std::optional<Graph> graph;
    try {
      graph = import_model_file(paths[i]);
      run_passes(*graph);
    } catch (const Error&) {
      continue;  // refused, as other tests tell
    }
    constexpr std::size_t kMostNodes = 500;  // an unrolled loop has no rows
    if (!is_int8(*graph) || graph->nodes.size() > kMostNodes) continue;
    const Plan fastest = make_plan(*graph, target);
    EXPECT_EQ(fault_of(fastest), "");
    const SelectionOptions none;
    CandidateTable table(fastest.graph, target, none.kernels, none.tuning, true);
    EXPECT_LE(fastest.memory.arena_bytes, Selection(fastest.graph, table, none, {}).usual_ram_bytes());
    SelectionOptions least;
    least.goal = Goal::kRam;
    const Plan lean = make_plan(*graph, target, least);
    EXPECT_EQ(fault_of(lean), "");
    EXPECT_LE(lean.ram_bytes(), fastest.ram_bytes());
    EXPECT_LE(lean.cycles(), 1.1 * fastest.cycles() + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, SharedModels, testing::Range(std::size_t{0}, kParts));

}  // namespace
}  // namespace mote::test
