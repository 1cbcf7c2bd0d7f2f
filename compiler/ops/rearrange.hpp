#pragma once

#include <cstring>

#include "ops/define.hpp"

namespace mote {

/// A tensor made of elements of another, picked by a regular walk: out[i0, i1, ...] = in[offset + i0 * steps[0] + ...]. Slices
/// and transpositions are such walks.
struct Rearrangement {
  std::vector<std::int64_t> extents, steps;
  std::int64_t offset = 0;

  /// Drops axes of one and joins neighbours that continue each other.
  Rearrangement merged() const;
  /// Whether the result is a run of neighbours of the input.
  bool contiguous() const;
  void evaluate(const Evaluation& e) const;
  std::vector<Alias> aliases(const NodeView& node) const;
  /// Error when more loops are needed than the kernel has.
  KernelCall lower(const NodeView& node) const;
};

/// Base of the operators that are one Rearrangement: `Derived::rearrangement(node)`.
template <typename Derived>
class RearrangeOperator : public OperatorBase<Derived> {
 public:
  static constexpr Implementation kRows[1] = {{.name = "rearrange", .lower = [](const NodeView& node) {
                                                 return OperatorBase<Derived>::of(node).rearrangement(node).lower(node);
                                               }}};
  void evaluate(const Evaluation& e) const override { static_cast<const Derived*>(this)->rearrangement(e).evaluate(e); }
  std::vector<Alias> aliases(const NodeView& node) const override {
    return static_cast<const Derived*>(this)->rearrangement(node).aliases(node);
  }
};

}  // namespace mote
