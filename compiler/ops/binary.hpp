#pragma once

#include "ops/broadcast.hpp"
#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/quantized_math.hpp"
#include "ops/whole_numbers.hpp"

namespace mote {

// What the operators on two inputs with broadcasting share.

/// Type and shape of the result; both inputs have the same type, one of `allowed`.
std::vector<TensorType> infer_binary(const NodeView& node, std::initializer_list<DataType> allowed);

/// Sum and difference rescale both inputs to a common scale with `left_shift` extra bits. Multipliers are below one.
/// Source: TensorFlow Lite ADD and SUB (general int8 and int16 path).
struct SumScaling {
  int left_shift = 20;
  Multiplier a, b, output;
};
SumScaling sum_scaling(const NodeView& node);

/// The reference of ADD (sign +1) and SUB (sign -1) for int8 and int16.
void evaluate_scaled_sum(const Evaluation& e, const SumScaling& scaling, int sign, Activation activation);

/// A call of `function` in mote/binary.hpp, or another header, with types, broadcasting and the clamp of `activation`; the caller
/// adds what the function needs besides, then `pass_operands`.
KernelCall describe_binary(const NodeView& node, std::string_view function, Activation activation,
                           std::string_view header = "binary");
void describe_scaling(KernelCall& call, const NodeView& node, const SumScaling& scaling, int sign);
/// Both inputs and the output. The output may take over an input of its own shape.
KernelCall pass_operands(KernelCall call, const NodeView& node);

double binary_cycles(const NodeView& node);

/// Element by element: `apply(a, b)`.
template <typename T, typename Out = T, typename Apply>
void evaluate_elements(const Evaluation& e, Apply&& apply) {
  const Broadcast walk(e.input(0).shape, e.input(1).shape);
  const auto a = e.in<T>(0);
  const auto b = e.in<T>(1);
  const auto out = e.out<Out>();
  walk.each([&](std::size_t o, std::size_t i, std::size_t j) { out[o] = apply(a[i], b[j]); });
}

/// Error when there is an activation.
void require_no_activation(Activation activation, DataType type);

/// int32 or int64 element by element: `apply(a, b)`.
template <typename Apply>
void evaluate_whole(const Evaluation& e, Apply&& apply) {
  if (e.input(0).type == DataType::kInt32) return evaluate_elements<std::int32_t>(e, apply);
  evaluate_elements<std::int64_t>(e, apply);
}

}  // namespace mote
