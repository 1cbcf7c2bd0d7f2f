#pragma once

#include <optional>

#include "graph/graph.hpp"

namespace mote {

/// An input whose axis of time holds several values per frame, which the model's RESHAPE tells.
struct FlatInput {
  Shape frame;         ///< the shape of one frame
  int axis = 0;        ///< along which frames follow each other
  int inner_axis = 0;  ///< time in the shape that the RESHAPE gives
};

/// When `axis` of the graph's input becomes several axes, of which the first is time, the RESHAPE moves out of the graph: its
/// input takes the new shape. Nothing, and the graph as it was, otherwise.
std::optional<FlatInput> take_reshape_out(Graph& graph, int axis);

/// Puts the RESHAPE in front again, for inputs of `frames` frames.
void put_reshape_back(Graph& graph, const FlatInput& flat, std::int32_t frames);

}  // namespace mote
