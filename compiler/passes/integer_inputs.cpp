#include <fmt/ranges.h>

#include "ops/define.hpp"
#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace mote {

int set_input_type(Graph& graph, DataType type) {
  int changed = 0;
  for (TensorId& input : graph.inputs) {
    const Tensor given = graph.tensor(input);
    if (given.type != DataType::kFloat32 && given.type != DataType::kInt32 && given.type != DataType::kInt64) continue;
    Tensor integers = given;
    integers.type = type;
    integers.quantization = {{1.0F}, {0}, 0};
    integers.name += "_integers";
    const TensorId made = graph.add_tensor(std::move(integers));
    graph.nodes.insert(graph.nodes.begin(), {given.name + "_cast", make_operator("cast"), {made}, {input}});
    input = made;
    ++changed;
  }
  if (changed == 0) throw Error(fmt::format("no input of the model is float32, int32 or int64, so none can become {}", type_name(type)));
  verify(graph);
  return changed;
}

}  // namespace mote
