// SQUARED_DIFFERENCE: (a - b) squared, with broadcasting.
// Source: TensorFlow Lite SQUARED_DIFFERENCE.

#include <cmath>

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"

namespace mote {

namespace {

class SquaredDifference : public ElementwiseOperator<SquaredDifference> {
 public:
  static constexpr std::string_view kName = "squared_difference";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  /// Both inputs are brought to twice the larger scale, int8 with 7 extra bits.
  static SumScaling scaling(const NodeView& node) {
    const int left_shift = node.input(0).type == DataType::kInt16 ? 0 : 7;
    const auto scale_a = static_cast<double>(node.input(0).scale());
    const auto scale_b = static_cast<double>(node.input(1).scale());
    const double twice = 2.0 * std::max(scale_a, scale_b);
    const double output = twice * twice / (std::ldexp(1.0, 2 * left_shift) * static_cast<double>(node.output().scale()));
    return {left_shift, quantize_multiplier(scale_a / twice), quantize_multiplier(scale_b / twice), quantize_multiplier(output)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result =
        infer_binary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
    if (result[0].type == DataType::kInt8 || result[0].type == DataType::kInt16) {
      for (int i = 0; i < 2; ++i) require_quantized(node.input(i));
      require_quantized(node.output());
      scaling(node);
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::measured({0, 1}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.output().type == DataType::kInt8) return evaluate_scaled<std::int8_t>(e);
    if (e.output().type == DataType::kInt16) return evaluate_scaled<std::int16_t>(e);
    if (is_whole(e.output().type)) {
      return evaluate_whole(e, [](auto a, auto b) { return wrap_multiply(wrap_subtract(a, b), wrap_subtract(a, b)); });
    }
    evaluate_elements<float>(e, [](float a, float b) { return (a - b) * (a - b); });
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const SumScaling by = scaling(e);
    const auto [lowest, highest] = type_range(e.output().type);
    evaluate_elements<T>(e, [&, lowest = lowest, highest = highest](T a, T b) {
      const std::int32_t left = requantize(wrap_shift_left(a - e.input(0).zero_point(), by.left_shift), by.a);
      const std::int32_t right = requantize(wrap_shift_left(b - e.input(1).zero_point(), by.left_shift), by.b);
      const std::int32_t square = requantize(wrap_multiply(left - right, left - right), by.output);
      return static_cast<T>(std::clamp(wrap_add(square, e.output().zero_point()), lowest, highest));
    });
  }
};

KernelCall lower(const NodeView& node) {
  const bool scaled = node.output().type == DataType::kInt8 || node.output().type == DataType::kInt16;
  KernelCall call = describe_binary(node, scaled ? "scaled_squared_difference" : "squared_difference", Activation::kNone);
  if (scaled) describe_scaling(call, node, SquaredDifference::scaling(node), -1);
  return pass_operands(std::move(call), node);
}

const std::vector<Implementation> SquaredDifference::kRows = {
    {.name = "squared_difference.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(SquaredDifference, squared_difference)

}  // namespace mote
