#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

#include "train/program.hpp"

namespace mote {

/// One step with what it reads: tensors in the graph's own order of axes (images channels last), the batch first.
struct StepInputs {
  const Program& program;
  const Program::Step& step;
  std::vector<at::Tensor> tensors;  ///< undefined where there is none, and for constants of integers

  const Program::Value& value(std::size_t input) const {
    return program.values.at(static_cast<std::size_t>(step.inputs.at(input)));
  }
  const Program::Value& output() const { return program.values.at(static_cast<std::size_t>(step.output)); }
  bool has(std::size_t input) const { return input < tensors.size() && tensors[input].defined(); }
  template <typename T>
  T attribute(const std::string& name) const {
    return std::get<T>(step.attributes.at(name));
  }
};

using TorchOperator = std::function<at::Tensor(const StepInputs&)>;

/// Operators that can be trained, by name. Fused activations are part of them.
const std::map<std::string, TorchOperator>& torch_operators();

}  // namespace mote
