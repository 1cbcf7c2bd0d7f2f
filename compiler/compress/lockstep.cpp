#include "compress/lockstep.hpp"

#include <limits>

#include "graph/operator.hpp"
#include "support/parallel.hpp"

namespace mote {

Lockstep::Lockstep(const Graph& graph, const SampleInputs& inputs)
    : graph_(graph), values_(inputs.size(), std::vector<Bytes>(graph.tensors.size())), last_reader_(graph.tensors.size(), 0) {
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const TensorId id : graph.nodes[n].inputs) {
      if (id != kNoTensor) last_reader_[static_cast<std::size_t>(id)] = n;
    }
  }
  for (const TensorId id : graph.outputs) last_reader_[static_cast<std::size_t>(id)] = std::numeric_limits<std::size_t>::max();
  for (std::size_t s = 0; s < inputs.size(); ++s) {
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) values_[s][static_cast<std::size_t>(graph.inputs[i])] = inputs[s][i];
    for (std::size_t id = 0; id < graph.tensors.size(); ++id) {
      if (graph.tensors[id].is_state) values_[s][id] = initial_state(graph.tensors[id]);
    }
  }
}

void Lockstep::run_next() {
  try_next();
  for (const TensorId id : graph_.nodes[next_].inputs) {
    if (id == kNoTensor || last_reader_[static_cast<std::size_t>(id)] > next_) continue;
    for (auto& values : values_) Bytes().swap(values[static_cast<std::size_t>(id)]);
  }
  ++next_;
}

void Lockstep::try_next() {
  parallel_for(values_.size(), [&] { return [&](std::size_t s) { evaluate(values_[s]); }; });
}

void Lockstep::evaluate(std::vector<Bytes>& values) const {
  const Node& node = graph_.nodes[next_];
  std::vector<std::uint8_t*> inputs;
  std::vector<std::uint8_t*> outputs;
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor) {
      inputs.push_back(nullptr);
    } else if (graph_.tensor(id).is_constant()) {
      inputs.push_back(const_cast<std::uint8_t*>(graph_.tensor(id).data->data()));  // operators only read their inputs
    } else {
      inputs.push_back(values[static_cast<std::size_t>(id)].data());
    }
  }
  for (const TensorId id : node.outputs) {
    Bytes& bytes = values[static_cast<std::size_t>(id)];
    bytes.resize(static_cast<std::size_t>(graph_.tensor(id).bytes()));
    outputs.push_back(bytes.data());
  }
  node.op->evaluate(Evaluation(NodeView(graph_, node), std::move(inputs), std::move(outputs)));
}

std::vector<std::vector<float>> Lockstep::real_values(TensorId id) const {
  std::vector<std::vector<float>> result(values_.size());
  for (std::size_t s = 0; s < values_.size(); ++s) result[s] = real_numbers(graph_.tensor(id), value(s, id));
  return result;
}

SampleInputs spread_over(const SampleInputs& samples, std::size_t count) {
  if (samples.size() <= count) return samples;
  SampleInputs result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(samples[i * samples.size() / count]);
  return result;
}

SampleInputs converted_inputs(const Graph& from, const Graph& to, const SampleInputs& samples) {
  SampleInputs result = samples;
  for (std::size_t i = 0; i < from.inputs.size(); ++i) {
    const Tensor& before = from.tensor(from.inputs[i]);
    const Tensor& now = to.tensor(to.inputs[i]);
    if (before.type == now.type) continue;
    for (auto& inputs : result) inputs[i] = stored_values(real_numbers(before, inputs[i]), now.quantization, now.type);
  }
  return result;
}

}  // namespace mote
