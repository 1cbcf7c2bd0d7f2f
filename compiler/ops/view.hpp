#pragma once

#include <cstring>

#include "ops/define.hpp"

namespace mote {

/// Copies input 0 to the output as it is.
KernelCall lower_copy(const NodeView& node);

/// Base of operators whose output is the bytes of input 0 under another shape. They cost nothing; the copy is for a result that
/// must not share its input's memory.
template <typename Derived>
class ViewOperator : public OperatorBase<Derived> {
 public:
  static constexpr Implementation kRows[1] = {{.name = "copy", .lower = lower_copy}};

  void evaluate(const Evaluation& e) const override {
    std::memcpy(e.out_bytes(), e.in_bytes(0), static_cast<std::size_t>(e.output().bytes()));
  }
  std::vector<Alias> aliases(const NodeView&) const override { return {Alias{}}; }
};

}  // namespace mote
