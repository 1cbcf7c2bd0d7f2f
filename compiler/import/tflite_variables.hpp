#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "graph/graph.hpp"
#include "import/unsupported.hpp"
#include "tflite_generated.h"

namespace mote {

/// The variables of a TFLite model as states of a graph. In the file a variable is a name; VAR_HANDLE makes a handle of it, which
/// READ_VARIABLE and ASSIGN_VARIABLE take, and CALL_ONCE runs a subgraph that assigns constants before the first inference.
class TfliteVariables {
 public:
  /// All are of the file that `file` holds. What the initialization computes goes to `unsupported`.
  TfliteVariables(const tflite::Model& model, std::span<const std::uint8_t> file, Unsupported& unsupported)
      : model_(model), file_(file), unsupported_(unsupported) {}

  /// Takes VAR_HANDLE and CALL_ONCE; false for every other operator.
  bool take(const tflite::Operator& op, std::int32_t builtin_code);

  /// Puts the state in the place of the handle of a READ_VARIABLE or ASSIGN_VARIABLE, and gives the latter its output. The
  /// variable's type and shape are those of the first tensor that is read from it or assigned to it. Others stay as they are.
  void bind(Graph& graph, Node& node);

 private:
  using Name = std::pair<std::string, std::string>;  // container and shared name

  void take_handle(const tflite::Operator& op, std::map<std::int32_t, Name>& handles) const;
  void initialize(const tflite::SubGraph& subgraph);
  TensorId state_of(Graph& graph, const Name& name, const Tensor& value);
  void set_initial(Tensor& state, const Name& name) const;

  const tflite::Model& model_;
  std::span<const std::uint8_t> file_;
  Unsupported& unsupported_;
  std::map<std::int32_t, Name> handles_;  // by tensor of the main subgraph
  std::map<Name, Tensor> initial_;        // constants that the initialization assigns
  std::map<Name, TensorId> states_;
};

}  // namespace mote
