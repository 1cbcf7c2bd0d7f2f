// FLOOR_MOD with broadcasting: what FLOOR_DIV leaves; it has the divisor's sign. Whole numbers by 0 give 0.
// Source: TensorFlow Lite FLOOR_MOD.

#include <cmath>

#include "ops/binary.hpp"

namespace mote {

namespace {

/// The rest of a division that rounds down.
float floor_rest(float a, float b) {
  const float rest = std::fmod(a, b);
  return rest != 0.0F && (rest < 0.0F) != (b < 0.0F) ? rest + b : rest;
}

class FloorMod : public OperatorBase<FloorMod> {
 public:
  static constexpr std::string_view kName = "floor_mod";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    return infer_binary(node, {DataType::kFloat32, DataType::kInt32, DataType::kInt64});
  }
  void evaluate(const Evaluation& e) const override {
    if (is_whole(e.output().type))
      return evaluate_whole(e,
                            [](auto a, auto b) { return b == 0 ? b : wrap_subtract(a, wrap_multiply(floor_divide(a, b), b)); });
    evaluate_elements<float>(e, [](float a, float b) { return floor_rest(a, b); });
  }
};

KernelCall lower(const NodeView& node) {
  return pass_operands(describe_binary(node, "floor_mod", Activation::kNone, "divide"), node);
}

const std::vector<Implementation> FloorMod::kRows = {{.name = "floor_mod.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(FloorMod, floor_mod)

}  // namespace mote
