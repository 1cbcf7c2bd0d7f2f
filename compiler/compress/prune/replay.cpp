#include "compress/prune/replay.hpp"

#include <algorithm>

#include "graph/operator.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

/// Evaluates nodes `which` on `values`; what they do not compute comes from `known`.
void evaluate(const Graph& graph, const std::vector<bool>& which, const std::vector<Bytes>& known, std::vector<Bytes>& values) {
  std::vector<bool> computed(graph.tensors.size(), false);
  for (std::size_t id = 0; id < graph.tensors.size(); ++id) {
    if (!graph.tensors[id].is_state) continue;
    values[id] = initial_state(graph.tensors[id]);
    computed[id] = true;
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!which[n]) continue;
    const Node& node = graph.nodes[n];
    std::vector<std::uint8_t*> inputs;
    std::vector<std::uint8_t*> outputs;
    for (const TensorId id : node.inputs) {
      if (id == kNoTensor) {
        inputs.push_back(nullptr);
      } else if (graph.tensor(id).is_constant()) {
        inputs.push_back(const_cast<std::uint8_t*>(graph.tensor(id).data->data()));  // operators only read their inputs
      } else {
        inputs.push_back(computed[index(id)] ? values[index(id)].data() : const_cast<std::uint8_t*>(known[index(id)].data()));
      }
    }
    for (const TensorId id : node.outputs) {
      values[index(id)].resize(static_cast<std::size_t>(graph.tensor(id).bytes()));
      computed[index(id)] = true;
      outputs.push_back(values[index(id)].data());
    }
    node.op->evaluate(Evaluation(NodeView(graph, node), std::move(inputs), std::move(outputs)));
  }
}

/// The nodes that must run when those of `where` change: they and what depends on them.
std::vector<bool> touched(const Graph& graph, const std::vector<std::size_t>& where) {
  std::vector<bool> changed(graph.tensors.size(), false);
  std::vector<bool> result(graph.nodes.size(), false);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return id != kNoTensor && changed[index(id)]; });
    if (!reads && std::find(where.begin(), where.end(), n) == where.end()) continue;
    result[n] = true;
    for (const TensorId id : node.outputs) changed[index(id)] = true;
  }
  return result;
}

}  // namespace

Replay::Replay(const Graph& graph, const SampleInputs& samples)
    : graph_(graph), values_(samples.size(), std::vector<Bytes>(graph.tensors.size())) {
  const std::vector<bool> all(graph.nodes.size(), true);
  parallel_for(samples.size(), [&] {
    return [&](std::size_t s) {
      for (std::size_t i = 0; i < graph.inputs.size(); ++i) values_[s][index(graph.inputs[i])] = samples[s][i];
      evaluate(graph, all, values_[s], values_[s]);
    };
  });
}

Answers Replay::answers(const Graph& changed, const std::vector<std::size_t>& where) const {
  const std::vector<bool> which = touched(changed, where);
  Answers answers(values_.size());
  parallel_for(values_.size(), [&] {
    return [&, values = std::vector<Bytes>(changed.tensors.size())](std::size_t s) mutable {
      evaluate(changed, which, values_[s], values);
      for (const TensorId id : changed.outputs) {
        const std::int32_t maker = producers(changed)[index(id)];
        const bool again = maker >= 0 && which[static_cast<std::size_t>(maker)];
        const std::vector<float> numbers = real_numbers(changed.tensor(id), again ? values[index(id)] : values_[s][index(id)]);
        answers[s].insert(answers[s].end(), numbers.begin(), numbers.end());
      }
    };
  });
  return answers;
}

}  // namespace mote
