#pragma once

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

// What the operators of one input share that work element by element.

/// Type and shape of the result: one of `allowed`, the same for input and output; integers are quantized.
std::vector<TensorType> infer_unary(const NodeView& node, std::initializer_list<DataType> allowed);

/// The reference: `apply(x)` for every element.
template <typename In, typename Out = In, typename Apply>
void evaluate_unary(const Evaluation& e, Apply&& apply) {
  const auto in = e.in<In>(0);
  const auto out = e.out<Out>();
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = apply(in[i]);
}

/// Whether the input is int8 or uint8, so that a table can hold every result.
bool has_byte_input(const NodeView& node);
bool has_wider_input(const NodeView& node);
/// `lookup`: a table with the operator's result for each byte, computed by its reference evaluation.
KernelCall lower_lookup(const NodeView& node);
double lookup_cycles(const NodeView& node);

/// A call of `function` in mote/`header`.hpp with the types, the number of elements and the input; the caller adds tables and
/// numbers, then `finish_unary`.
KernelCall describe_unary(const NodeView& node, std::string_view header, std::string_view function);
/// The output, which may take over the input's memory when it has the same type or is int8 or uint8.
KernelCall finish_unary(KernelCall call, const NodeView& node);

double unary_cycles(const NodeView& node);

}  // namespace mote
