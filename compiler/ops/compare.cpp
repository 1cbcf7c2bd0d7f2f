#include "ops/compare.hpp"

namespace mote {

bool compares_scaled(const NodeView& node) {
  return node.input(0).type == DataType::kInt8 || node.input(0).type == DataType::kInt16;
}

CompareScaling compare_scaling(const NodeView& node) {
  const auto multiplier = [&](int i) { return quantize_multiplier(static_cast<double>(node.input(i).scale())); };
  return {node.input(0).type == DataType::kInt16 ? 15 : 8, node.input(0).zero_point(), node.input(1).zero_point(), multiplier(0),
          multiplier(1)};
}

std::vector<TensorType> infer_compare(const NodeView& node) {
  require_inputs(node, 2, 2);
  require_type(node.input(0),
               {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64, DataType::kBool});
  require_same_type(node.input(0), node.input(1));
  require_type(node.output(), {DataType::kBool});
  const Broadcast walk(node.input(0).shape, node.input(1).shape);
  if (compares_scaled(node)) {
    for (int i = 0; i < 2; ++i) require_quantized(node.input(i));
    const CompareScaling by = compare_scaling(node);
    if (by.a.shift > 0 || by.b.shift > 0) {
      throw Error(fmt::format("scales {} and {} are too large to compare in fixed point; they must be below 1",
                              node.input(0).scale(), node.input(1).scale()));
    }
  }
  return {{DataType::kBool, Broadcast::shape(node.input(0).shape, node.input(1).shape)}};
}

KernelCall lower_compare(const NodeView& node, std::string_view function) {
  KernelCall call = describe_binary(node, function, Activation::kNone, "compare");
  call.flag("scaled", compares_scaled(node));
  if (compares_scaled(node)) {
    const CompareScaling by = compare_scaling(node);
    call.set("left_shift", by.left_shift);
    call.set("a_zero_point", by.a_zero_point).set("a_multiplier", by.a.multiplier).set("a_shift", by.a.shift);
    call.set("b_zero_point", by.b_zero_point).set("b_multiplier", by.b.multiplier).set("b_shift", by.b.shift);
  }
  return pass_operands(std::move(call), node);
}

}  // namespace mote
