#include "data/model_outputs.hpp"

#include <algorithm>

#include "graph/operator.hpp"

namespace mote {

ModelOutputs outputs_of(const Graph& graph) {
  ModelOutputs result;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    const bool index_type = tensor.type == DataType::kInt64 || tensor.type == DataType::kInt32;
    const bool row = tensor.elements() >= 2 && !tensor.shape.empty() && tensor.elements() == tensor.shape.back();
    if (tensor.elements() == 1 && index_type && tensor.quantization.empty()) {
      if (!result.label) result.label = i;
    } else if (row) {
      if (!result.scores) result.scores = i;
    } else if (tensor.elements() == 1) {
      if (!result.single) result.single = i;
    }
  }
  return result;
}

bool is_made_by(const Graph& graph, TensorId id, std::initializer_list<std::string_view> operators) {
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (node.outputs[0] != id) continue;
    const std::string_view name = node.op->name();
    if (std::find(operators.begin(), operators.end(), name) != operators.end()) return true;
    if (name != "quantize" && name != "dequantize" && name != "reshape") return false;
    id = node.inputs[0];
  }
  return false;
}

bool is_softmax(const Graph& graph, TensorId id) { return is_made_by(graph, id, {"softmax", "log_softmax"}); }

}  // namespace mote
