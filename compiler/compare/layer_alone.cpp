#include "compare/layer_alone.hpp"

#include <algorithm>

#include "ops/evaluate.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// The operators between the known tensors and the target, as a graph.
Graph part_before(const Graph& graph, TensorId target, const std::map<TensorId, const TensorValues*>& known) {
  Graph part = graph;
  part.inputs.clear();
  part.outputs = {target};
  part.nodes.clear();
  std::vector<bool> needed(graph.tensors.size(), false);
  needed[static_cast<std::size_t>(target)] = true;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const auto is_missing = [&](TensorId id) {
      return needed[static_cast<std::size_t>(id)] && (id == target || !known.contains(id));
    };
    if (std::none_of(node.outputs.begin(), node.outputs.end(), is_missing)) continue;
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) needed[static_cast<std::size_t>(id)] = true;
    }
    part.nodes.insert(part.nodes.begin(), node);
  }
  for (const auto& [id, values] : known) {
    if (needed[static_cast<std::size_t>(id)] && id != target) part.inputs.push_back(id);
  }
  // A node of several results may make one that is known: the known one is read, the made one nobody needs.
  for (Node& node : part.nodes) {
    for (TensorId& id : node.outputs) {
      if (std::find(part.inputs.begin(), part.inputs.end(), id) != part.inputs.end()) id = part.add_tensor(part.tensor(id));
    }
  }
  return part;
}

}  // namespace

TensorValues values_alone(const Graph& graph, TensorId target, const std::map<TensorId, const TensorValues*>& known) {
  const Graph part = part_before(graph, target, known);
  TensorValues result{graph.tensor(target), {}};
  MOTE_CHECK(!known.empty());
  Evaluator evaluator(part);
  for (std::size_t inference = 0; inference < known.begin()->second->values.size(); ++inference) {
    std::vector<Bytes> inputs;
    for (const TensorId id : part.inputs) inputs.push_back(as_stored(known.at(id)->tensor, known.at(id)->values[inference], part.tensor(id)));
    result.values.push_back(evaluator.run(inputs)[0]);
  }
  return result;
}

}  // namespace mote
