// PRELU: x, below 0 times a slope of its own; slopes are broadcast.
// Source: TensorFlow Lite PRELU.

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"

namespace mote {

namespace {

class Prelu : public ElementwiseOperator<Prelu> {
 public:
  static constexpr std::string_view kName = "prelu";
  static const std::vector<Implementation> kRows;

  struct Scaling {
    Multiplier positive, negative;
  };
  static Scaling scaling(const NodeView& node) {
    const double ratio = static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale());
    const double slope = static_cast<double>(node.input(0).scale()) * static_cast<double>(node.input(1).scale()) /
                         static_cast<double>(node.output().scale());
    return {quantize_multiplier(ratio), quantize_multiplier(slope)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_binary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    if (result[0].shape != node.input(0).shape) {
      throw Error(fmt::format("slopes of {} do not fit {}", to_string(node.input(1).shape), to_string(node.input(0).shape)));
    }
    if (!is_float(result[0].type)) {
      for (int i = 0; i < 2; ++i) require_quantized(node.input(i));
      require_quantized(node.output());
      scaling(node);
    }
    return result;
  }

  // TensorFlow Lite has no int16.
  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::measured({0, 1}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt8) return evaluate_scaled<std::int8_t>(e);
    if (e.input(0).type == DataType::kInt16) return evaluate_scaled<std::int16_t>(e);
    evaluate_elements<float>(e, [](float x, float slope) { return x >= 0.0F ? x : x * slope; });
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const Scaling by = scaling(e);
    const auto [lowest, highest] = type_range(e.output().type);
    evaluate_elements<T>(e, [&, lowest = lowest, highest = highest](T stored, T stored_slope) {
      const std::int32_t x = stored - e.input(0).zero_point();
      const std::int32_t slope = stored_slope - e.input(1).zero_point();
      const std::int32_t scaled = x >= 0 ? requantize(x, by.positive) : requantize(wrap_multiply(x, slope), by.negative);
      return static_cast<T>(std::clamp(wrap_add(scaled, e.output().zero_point()), lowest, highest));
    });
  }
};

KernelCall lower(const NodeView& node) {
  const bool scaled = !is_float(node.output().type);
  KernelCall call = describe_binary(node, scaled ? "scaled_prelu" : "prelu", Activation::kNone);
  if (scaled) {
    const Prelu::Scaling by = Prelu::scaling(node);
    call.set("a_zero_point", node.input(0).zero_point()).set("b_zero_point", node.input(1).zero_point());
    call.set("output_zero_point", node.output().zero_point());
    call.set("positive_multiplier", by.positive.multiplier).set("positive_shift", by.positive.shift);
    call.set("negative_multiplier", by.negative.multiplier).set("negative_shift", by.negative.shift);
  }
  return pass_operands(std::move(call), node);
}

const std::vector<Implementation> Prelu::kRows = {{.name = "prelu.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Prelu, prelu)

}  // namespace mote
