#pragma once

#include <map>
#include <vector>

#include "compare/layer_values.hpp"

namespace mote {

/// What `graph` makes of `target` when the tensors before it hold other values than in a run: the operators between those in `known`
/// and `target` are evaluated on these, quantized where ours are. So a layer is judged without what came before it. `known`: values
/// by tensor of `graph`, its inputs among them; the same number of inferences each.
TensorValues values_alone(const Graph& graph, TensorId target, const std::map<TensorId, const TensorValues*>& known);

}  // namespace mote
