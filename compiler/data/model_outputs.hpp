#pragma once

#include <optional>
#include <string_view>

#include "graph/graph.hpp"

namespace mote {

/// What a model's outputs can mean, as indices into Graph::outputs.
struct ModelOutputs {
  std::optional<std::size_t> label;   ///< one integer without a scale: the index of a class
  std::optional<std::size_t> scores;  ///< a row of two or more values, the first such output
  std::optional<std::size_t> single;  ///< one value that is no label
};

ModelOutputs outputs_of(const Graph& graph);

/// Whether the tensor is what one of these operators made, whatever changed its type or shape since.
bool is_made_by(const Graph& graph, TensorId id, std::initializer_list<std::string_view> operators);

/// Whether the tensor holds scores of classes: a softmax made them.
bool is_softmax(const Graph& graph, TensorId id);

}  // namespace mote
