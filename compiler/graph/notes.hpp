#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// What file formats call the entry that holds notes.
inline constexpr const char* kNotesName = "mote";

/// An attribute of a node that a file format has no place for: a bool.
struct KeptAttribute {
  std::size_t node = 0;
  std::string name;
};

/// What a graph says besides its computation, as JSON to be kept beside a file format that has no place for it: the labels, the
/// file's order of axes of inputs and outputs, the nodes' names where they are not the operator's with its position, and the
/// attributes in `kept`. Empty when there is nothing to say.
std::string print_notes(const Graph& graph, const std::vector<KeptAttribute>& kept = {});

/// Gives a graph what `print_notes` wrote of it. Names and attributes of nodes are left out when their number has changed
/// since. Error when the
/// text is not such notes or does not fit the graph.
void apply_notes(Graph& graph, std::string_view text);

}  // namespace mote
