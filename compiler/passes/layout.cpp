#include "passes/layout.hpp"

#include <algorithm>

#include "passes/rewrite_axes.hpp"

namespace mote {

bool layout(Graph& graph) {
  AxisChoice choice(graph);
  if (!choice.solve()) return false;
  Graph written = in_chosen_axes(graph, choice);
  const auto same = [](const Node& a, const Node& b) { return a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs; };
  const bool changed = !std::equal(graph.nodes.begin(), graph.nodes.end(), written.nodes.begin(), written.nodes.end(), same);
  if (changed) graph = std::move(written);
  return changed;
}

}  // namespace mote
