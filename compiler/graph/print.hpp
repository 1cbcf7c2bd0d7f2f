#pragma once

#include <string>

#include "graph/graph.hpp"

namespace mote {

/// The graph as text, one line per tensor and node, readable back with `parse_graph`. Constants of up to `constant_limit_bytes`
/// are written out in hexadecimal; larger ones as their length and hash, which cannot be read back.
std::string print_graph(const Graph& graph, std::size_t constant_limit_bytes = 64);

/// "padding=same stride_h=1 ...".
std::string print_attributes(const Operator& op);

/// Reads what `print_graph` wrote. `make_operator` gives an operator with default attributes from its name, or null.
/// Error with the line number when the text is not such a graph.
using OperatorMaker = std::unique_ptr<Operator> (*)(std::string_view name);
Graph parse_graph(std::string_view text, OperatorMaker make_operator);

/// Reads what `print_attributes` wrote into an operator of the same kind.
void parse_attributes(Operator& op, std::string_view text);

}  // namespace mote
