#pragma once

#include <map>
#include <optional>
#include <vector>

#include "passes/axis_rules.hpp"

namespace mote {

/// The order of a TRANSPOSE node, counted from the front.
AxisOrder order_of(const Graph& graph, const Node& node);

/// What is left to transpose when `before` (the input's stored order) and `after` (the output's) are given, in stored axes.
AxisOrder left_between(const AxisOrder& before, const AxisOrder& node_order, const AxisOrder& after);

/// The order in which the result of a kReduce operator comes out when its input lies in `order`.
AxisOrder order_behind(const Graph& graph, const Node& node, const AxisOrder& order);

/// Which tensors must lie in one order, and what each choice costs.
class AxisChoice {
 public:
  explicit AxisChoice(const Graph& graph);

  /// Finds the orders; returns whether anything can be won.
  bool solve();

  AxisOrder order(TensorId id) const;
  /// Whether someone else has fixed the order: inputs and outputs of the graph whose file has it so, and state.
  bool is_bound(TensorId id) const;
  AxisRule rule(std::size_t node) const { return rules_[node]; }
  /// The fully connected layer whose weights take on the order of the input of this RESHAPE.
  std::optional<std::size_t> dense_behind(std::size_t reshape) const;
  /// The same in front: its units take on the order of the RESHAPE's output.
  std::optional<std::size_t> dense_before(std::size_t reshape) const;

 private:
  TensorId root(TensorId id) const;
  bool is_operand(TensorId id, std::size_t rank) const;
  void join();
  /// What is left to do to a stored tensor; a view is better avoided too.
  std::int64_t moved_bytes(TensorId id, const AxisOrder& rest) const;
  std::int64_t cost(const std::vector<std::size_t>& nodes, const std::vector<TensorId>& members) const;
  std::int64_t node_cost(std::size_t node) const;
  /// Takes the best order for a group, the others being as they are; returns whether it is another.
  bool improve(TensorId group, const std::vector<TensorId>& members, const std::vector<std::size_t>& nodes);
  std::vector<AxisOrder> candidates(TensorId group, const std::vector<std::size_t>& nodes) const;
  bool is_elementwise_step(std::size_t node) const;

  const Graph& graph_;
  std::vector<std::int32_t> made_by_;
  std::vector<std::vector<std::int32_t>> read_by_;
  std::vector<TensorId> group_;
  std::vector<AxisRule> rules_;
  std::map<TensorId, AxisOrder> orders_;  ///< by group; identity where there is none
};

}  // namespace mote
