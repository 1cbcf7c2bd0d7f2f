#pragma once

#include "ops/define.hpp"

namespace mote {

/// One tensor and the parts it is made of along an axis: what CONCATENATION, PACK, SPLIT, SPLIT_V and UNPACK have in common.
/// Seen from outside the axis there are `outer` blocks; part i has `sizes[i]` elements in each.
struct Joined {
  std::int64_t outer = 1;
  std::vector<std::int64_t> sizes;

  std::int64_t block() const;
  /// Parts are inputs, the whole is the output.
  void evaluate_join(const Evaluation& e) const;
  std::vector<Alias> join_aliases(const NodeView& node) const;
  KernelCall lower_join(const NodeView& node) const;
  /// The whole is input `whole`, parts are outputs.
  void evaluate_split(const Evaluation& e, int whole) const;
  std::vector<Alias> split_aliases(const NodeView& node, int whole) const;
  KernelCall lower_split(const NodeView& node, int whole) const;
};

/// 0, 1, ... one for each input.
std::vector<int> all_inputs(const NodeView& node);

/// Elements before `axis`, and from it inwards.
std::int64_t elements_before(const Shape& shape, int axis);
std::int64_t elements_from(const Shape& shape, int axis);

}  // namespace mote
