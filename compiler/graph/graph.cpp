#include "graph/graph.hpp"

#include <algorithm>

#include "graph/operator.hpp"

namespace mote {

namespace {

std::string place(const Graph& graph, std::size_t index) {
  const Node& node = graph.nodes[index];
  return fmt::format("operator {} ({} '{}')", index, node.op->name(), node.name);
}

void check_ids(const Graph& graph, const std::vector<TensorId>& ids, bool optional) {
  for (const TensorId id : ids) {
    if (id == kNoTensor && optional) continue;
    if (id < 0 || static_cast<std::size_t>(id) >= graph.tensors.size()) {
      throw Error(fmt::format("tensor index {} is out of range, the graph has {}", id, graph.tensors.size()));
    }
  }
}

void verify_node(const Graph& graph, const Node& node, std::vector<bool>& ready) {
  check_ids(graph, node.inputs, true);
  check_ids(graph, node.outputs, false);
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) continue;
    if (!ready[static_cast<std::size_t>(id)]) {
      throw Error(fmt::format("tensor '{}' is used before anything has made it", graph.tensor(id).name));
    }
  }
  const std::vector<TensorType> types = node.op->infer(NodeView(graph, node));
  if (types.size() != node.outputs.size()) {
    throw Error(fmt::format("gives {} outputs, the model lists {}", types.size(), node.outputs.size()));
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    const TensorId id = node.outputs[i];
    const Tensor& tensor = graph.tensor(id);
    if (types[i] != TensorType{tensor.type, tensor.shape}) {
      throw Error(fmt::format("tensor '{}' is declared {} {} but comes out as {} {}", tensor.name, type_name(tensor.type),
                              to_string(tensor.shape), type_name(types[i].type), to_string(types[i].shape)));
    }
    if (ready[static_cast<std::size_t>(id)]) {
      throw Error(fmt::format("tensor '{}' has two producers, or is both an input and a result", tensor.name));
    }
    ready[static_cast<std::size_t>(id)] = true;
  }
}

void verify_source(const Graph& graph) {
  const Source& source = *graph.source;
  if (graph.inputs.size() != 1 || graph.tensor(graph.inputs[0]).elements() != std::int64_t{source.hop} * source.channels)
    throw Error("the graph has a source, but its input is not one hop of its samples");
  if (source.rate_hz <= 0 || source.hop < 1 || source.channels < 1 || source.ring < source.hop)
    throw Error("the graph's source has no rate, no hop, no channels or no room for a hop");
  if (source.event_output < 0) return;
  if (source.event_output >= static_cast<std::int32_t>(graph.outputs.size()) ||
      graph.tensor(graph.outputs[static_cast<std::size_t>(source.event_output)]).type != DataType::kInt32)
    throw Error("the output that the graph's source calls an event is none");
}

}  // namespace

TensorId Graph::add_tensor(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(tensors.size() - 1);
}

void verify(const Graph& graph) {
  check_ids(graph, graph.inputs, false);
  check_ids(graph, graph.outputs, false);
  std::vector<bool> ready(graph.tensors.size(), false);
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    ready[i] = tensor.is_constant() || tensor.is_state;
    if (tensor.lasting && !tensor.is_state) throw Error(fmt::format("tensor '{}' lasts but is no state", tensor.name));
    if (tensor.is_constant()) MOTE_CHECK(static_cast<std::int64_t>(tensor.data->size()) == tensor.bytes());
  }
  for (const TensorId id : graph.inputs) {
    if (graph.tensor(id).is_constant()) throw Error(fmt::format("input '{}' is a constant", graph.tensor(id).name));
    ready[static_cast<std::size_t>(id)] = true;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    with_context(place(graph, i), [&] { verify_node(graph, graph.nodes[i], ready); });
  }
  for (const TensorId id : graph.outputs) {
    if (graph.tensor(id).is_constant()) throw Error(fmt::format("output '{}' is a constant", graph.tensor(id).name));
    if (!ready[static_cast<std::size_t>(id)]) {
      throw Error(fmt::format("output '{}' is made by no operator", graph.tensor(id).name));
    }
  }
  if (graph.source) verify_source(graph);
}

std::vector<std::int32_t> producers(const Graph& graph) {
  std::vector<std::int32_t> result(graph.tensors.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const TensorId id : graph.nodes[i].outputs) result[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(i);
  }
  return result;
}

std::vector<std::vector<std::int32_t>> consumers(const Graph& graph) {
  std::vector<std::vector<std::int32_t>> result(graph.tensors.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const TensorId id : graph.nodes[i].inputs) {
      if (id == kNoTensor) continue;
      auto& readers = result[static_cast<std::size_t>(id)];
      if (readers.empty() || readers.back() != static_cast<std::int32_t>(i)) readers.push_back(static_cast<std::int32_t>(i));
    }
  }
  return result;
}

void prune(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size(), false);
  for (const TensorId id : graph.outputs) needed[static_cast<std::size_t>(id)] = true;
  std::vector<Node> kept;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    Node& node = graph.nodes[i];
    const auto is_state = [&](TensorId id) { return id != kNoTensor && graph.tensor(id).is_state; };
    const auto is_needed = [&](TensorId id) { return needed[static_cast<std::size_t>(id)]; };
    const bool keep = std::any_of(node.outputs.begin(), node.outputs.end(), is_needed) ||
                      std::any_of(node.inputs.begin(), node.inputs.end(), is_state);
    if (!keep) continue;
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor) needed[static_cast<std::size_t>(id)] = true;
    }
    kept.push_back(std::move(node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
  drop_unused_tensors(graph);
}

void drop_unused_tensors(Graph& graph) {
  std::vector<bool> used(graph.tensors.size(), false);
  const auto for_each_list = [&](const auto& take) {
    take(graph.inputs);
    take(graph.outputs);
    for (Node& node : graph.nodes) {
      take(node.inputs);
      take(node.outputs);
    }
  };
  for_each_list([&](const std::vector<TensorId>& ids) {
    for (const TensorId id : ids) {
      if (id != kNoTensor) used[static_cast<std::size_t>(id)] = true;
    }
  });
  std::vector<TensorId> renumbered(graph.tensors.size(), kNoTensor);
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!used[i]) continue;
    renumbered[i] = static_cast<TensorId>(tensors.size());
    tensors.push_back(std::move(graph.tensors[i]));
  }
  for_each_list([&](std::vector<TensorId>& ids) {
    for (TensorId& id : ids) {
      if (id != kNoTensor) id = renumbered[static_cast<std::size_t>(id)];
    }
  });
  graph.tensors = std::move(tensors);
}

}  // namespace mote
