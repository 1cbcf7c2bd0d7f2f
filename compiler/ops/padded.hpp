#pragma once

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

/// Rows of (before, after), one per axis, from input 1 of PAD and PADV2.
struct Paddings {
  std::vector<std::int32_t> before, after;
};
Paddings paddings_of(const NodeView& node);

// What PAD and PADV2 share; `value` is one element, as stored.
std::vector<TensorType> infer_padded(const NodeView& node);
void evaluate_padded(const Evaluation& e, const std::uint8_t* value);
KernelCall lower_padded(const NodeView& node, const std::uint8_t* value);

}  // namespace mote
