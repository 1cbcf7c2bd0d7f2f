#pragma once

#include "graph/graph.hpp"

namespace mote {

/// A variable that is read, joined with a frame behind it and assigned the end of what they make becomes a window that
/// PUSH_WINDOW moves, so that nothing is copied but what moves. One that holds the whole window, whose beginning is dropped
/// before a frame is joined, likewise. The variable must be read and assigned once each, and the read must serve nothing else.
bool make_windows(Graph& graph);

/// READ_VARIABLE hands on the variable itself where nothing assigns it before the value's last reader.
bool read_in_place(Graph& graph);

}  // namespace mote
