#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"
#include "memory/order_model.hpp"

namespace mote {

/// An order in which a graph's nodes can run.
struct NodeOrder {
  std::vector<std::size_t> nodes;     ///< indices of the graph's nodes
  std::int64_t peak_bytes = 0;        ///< the most that live at once (OrderModel)
  std::int64_t given_peak_bytes = 0;  ///< of the graph's own order
  bool proven = false;                ///< no order has a lower peak

  bool is_better() const { return peak_bytes < given_peak_bytes; }
};

/// The order with the lowest peak of bytes that live at once; the graph's own where none is lower, and in every part of the graph
/// that is not at the peak. Exact by searching over sets of nodes that have run, from one node that all others come before or
/// after to the next; a beam of sets where there are too many. The same input gives the same order.
NodeOrder best_order(const OrderModel& model);
NodeOrder best_order(const Graph& graph);

/// The graph with its nodes in that order.
Graph reordered(Graph graph, const NodeOrder& order);

/// The graph in its best order if that lowers the arena as it is planned without scratch, else as it was.
Graph in_best_order(Graph graph);

}  // namespace mote
