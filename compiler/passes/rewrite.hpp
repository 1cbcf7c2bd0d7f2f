#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Makes every reader of `from`, the graph's outputs among them, read `to` instead.
void replace_uses(Graph& graph, TensorId from, TensorId to);

/// How many nodes and graph outputs read a tensor; of all at once, for what asks more than once.
int use_count(const Graph& graph, TensorId id);
std::vector<std::int32_t> use_counts(const Graph& graph);

bool is_graph_input(const Graph& graph, TensorId id);
bool is_graph_output(const Graph& graph, TensorId id);

/// Adds a list of integers, as shapes and places are given.
TensorId add_integers(Graph& graph, const std::vector<std::int32_t>& values);

}  // namespace mote
