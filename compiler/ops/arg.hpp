#pragma once

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/joined.hpp"
#include "ops/reduce.hpp"

namespace mote {

// What ARG_MAX and ARG_MIN share: where along the axis of input 1 the chosen value stands; the first of equal ones.

/// The tensor as outer x axis x inner.
struct ArgAxes {
  std::int64_t outer = 1, axis = 1, inner = 1;
};
ArgAxes arg_axes(const NodeView& node);

std::vector<TensorType> infer_arg(const NodeView& node, DataType index_type);
KernelCall lower_arg(const NodeView& node, bool largest);
double arg_cycles(const NodeView& node);

/// Base: `static bool better(T a, T b)`: whether a takes the place of b; `kLargest`.
template <typename Derived>
class ArgOperator : public OperatorBase<Derived> {
 public:
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static constexpr Implementation kRows[1] = {
      {.name = "arg", .cycles = arg_cycles, .lower = [](const NodeView& node) { return lower_arg(node, Derived::kLargest); }}};

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_arg(node, node.output().type); }

  void evaluate(const Evaluation& e) const override {
    with_number(e.input(0).type, [&](auto example) {
      if (e.output().type == DataType::kInt64) return find<decltype(example), std::int64_t>(e);
      find<decltype(example), std::int32_t>(e);
    });
  }

 private:
  template <typename T, typename Index>
  static void find(const Evaluation& e) {
    const ArgAxes n = arg_axes(e);
    const auto in = e.in<T>(0);
    const auto out = e.out<Index>();
    for (std::int64_t o = 0; o < n.outer; ++o)
      for (std::int64_t i = 0; i < n.inner; ++i) {
        const auto value = [&](std::int64_t at) { return in[static_cast<std::size_t>((o * n.axis + at) * n.inner + i)]; };
        std::int64_t best = 0;
        for (std::int64_t at = 1; at < n.axis; ++at) {
          if (Derived::better(value(at), value(best))) best = at;
        }
        out[static_cast<std::size_t>(o * n.inner + i)] = static_cast<Index>(best);
      }
  }
};

}  // namespace mote
