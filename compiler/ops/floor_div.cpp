// FLOOR_DIV with broadcasting: the quotient rounded down. Whole numbers by 0 give 0.
// Source: TensorFlow Lite FLOOR_DIV.

#include <cmath>

#include "ops/binary.hpp"

namespace mote {

namespace {

class FloorDiv : public OperatorBase<FloorDiv> {
 public:
  static constexpr std::string_view kName = "floor_div";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    return infer_binary(node, {DataType::kFloat32, DataType::kInt32, DataType::kInt64});
  }
  void evaluate(const Evaluation& e) const override {
    if (is_whole(e.output().type)) return evaluate_whole(e, [](auto a, auto b) { return floor_divide(a, b); });
    evaluate_elements<float>(e, [](float a, float b) { return std::floor(a / b); });
  }
};

KernelCall lower(const NodeView& node) {
  return pass_operands(describe_binary(node, "floor_div", Activation::kNone, "divide"), node);
}

const std::vector<Implementation> FloorDiv::kRows = {{.name = "floor_div.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(FloorDiv, floor_div)

}  // namespace mote
