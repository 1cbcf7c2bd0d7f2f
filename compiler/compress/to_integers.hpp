#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compress/scheme.hpp"
#include "graph/graph.hpp"

namespace mote {

/// A graph whose nodes compute with integers where a scheme says so.
struct IntegerGraph {
  Graph graph;
  /// For each node of the float graph its node here, and what it computes with in the end.
  std::vector<std::size_t> node_of;
  std::vector<Precision> precision;
  /// For each node here the node of the float graph, or none: QUANTIZE and DEQUANTIZE between them.
  std::vector<std::optional<std::size_t>> origin;
  /// Nodes that stayed float although the scheme wanted integers, with the reason.
  std::vector<std::string> notes;
};

/// Turns a verified float graph into integers: int8 weights symmetric per channel, int32 bias (int64 for int16 activations),
/// QUANTIZE and DEQUANTIZE where neighbours differ. Nodes that `infer` refuses as integers stay float, and a note says why.
/// Source: TensorFlow Lite 8-bit quantization specification.
IntegerGraph to_integers(const Graph& graph, const Scheme& scheme);

}  // namespace mote
