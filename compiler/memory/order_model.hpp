#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// Bytes that a tensor and its views share. They live from the first node that touches them to the last.
struct SharedBytes {
  std::int64_t bytes = 0;
  std::int32_t users = 0;   ///< nodes that make or read them, and one more where they must outlast all nodes
  bool from_start = false;  ///< an input of the graph lies there
};

/// A node as far as the order concerns it.
struct OrderedNode {
  std::vector<std::int32_t> touched;      ///< SharedBytes that it makes or reads, each once
  std::int32_t result = -1;               ///< those of output 0 where that may lie in the place of one of `replaceable`; -1: none
  std::vector<std::int32_t> replaceable;  ///< of as many bytes, if they die here
  std::vector<std::int32_t> later;        ///< nodes that must run after it
  std::int32_t earlier = 0;               ///< how many must run before it
};

/// What an order of nodes does to memory, before implementations are chosen: tensors without scratch, results of operators that
/// work element by element in place, views where they do not raise the peak of the graph's own order.
struct OrderModel {
  std::vector<SharedBytes> storages;
  std::vector<OrderedNode> nodes;
  std::int64_t state_bytes = 0;  ///< live throughout
};

/// Besides data, states bind the order: nodes that have a state as an input, since they may change it, keep their order among
/// themselves and towards those that read views of it.
OrderModel order_model(const Graph& graph);

/// Inputs in whose place output 0 can lie since it depends on them element by element.
std::vector<int> replaceable_inputs(const Graph& graph, const Node& node);

/// A set of nodes that have run, and the bytes that live after them.
class RunNodes {
 public:
  explicit RunNodes(const OrderModel& model);

  bool has(std::size_t node) const { return ran_[node]; }
  bool ready(std::size_t node) const { return !ran_[node] && waiting_[node] == 0; }
  std::int64_t live_bytes() const { return live_; }
  /// Bytes that live while `node`, which has not run, runs.
  std::int64_t bytes_during(std::size_t node) const;
  void run(std::size_t node);
  /// Takes a node out again; those that need it must have been taken out, or be before anything is asked.
  void undo(std::size_t node);

 private:
  bool is_born(std::int32_t storage) const {
    const SharedBytes& each = model_.storages[static_cast<std::size_t>(storage)];
    return each.from_start || left_[static_cast<std::size_t>(storage)] < each.users;
  }
  void change_users(std::size_t node, std::int32_t by);

  const OrderModel& model_;
  std::vector<std::int32_t> left_;     // by storage: users that have not run
  std::vector<std::int32_t> waiting_;  // by node: earlier ones that have not run
  std::vector<bool> ran_;
  std::int64_t live_ = 0;
};

/// The most bytes that live while the nodes run in this order.
std::int64_t peak_of_order(const OrderModel& model, const std::vector<std::size_t>& order);

}  // namespace mote
