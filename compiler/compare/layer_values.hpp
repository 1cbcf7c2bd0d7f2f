#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulate/run_model.hpp"
#include "select/plan.hpp"
#include "targets/target.hpp"

namespace mote {

/// What a tensor held in every inference of a run.
struct TensorValues {
  Tensor tensor;              ///< without data
  std::vector<Bytes> values;  ///< by inference
};

/// What every computed tensor of a model held, by its id in `graph`.
struct LayerValues {
  Graph graph;
  std::string where;  ///< "model.tflite on cortex-m4"
  std::map<TensorId, TensorValues> tensors;
};

/// An element as a real number: quantized ones by scale and zero point, others as they are.
double real_value(const Tensor& tensor, const Bytes& bytes, std::size_t i);

/// The same real numbers as another tensor stores them: rounded, and clamped to its type.
Bytes as_stored(const Tensor& from, const Bytes& values, const Tensor& to);

/// Runs the inferences in order on a target and keeps what every node made. On boards and on this machine the library is built with
/// intermediate tensors as outputs, as many at once as the target's RAM holds, with the implementations that the model
/// itself is given. Views keep their operator's name.
LayerValues run_layers(const Graph& graph, const Target& target, const std::vector<Inference>& inferences,
                       const SelectionOptions& selection = {}, const Progress& progress = {});

}  // namespace mote
