// LEAKY_RELU: x where it is positive, alpha * x elsewhere.
// Source: TensorFlow Lite LEAKY_RELU.

#include "ops/elementwise.hpp"
#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

class LeakyRelu : public ElementwiseOperator<LeakyRelu> {
 public:
  static constexpr std::string_view kName = "leaky_relu";
  static constexpr VersionsByType kTfliteVersions{.int16 = 2};
  static const std::vector<Implementation> kRows;

  float alpha = 0.0F;

  template <typename V>
  void fields(V& v) {
    v.visit("alpha", alpha);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::LeakyReluOptions>(op)) alpha = given->alpha();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateLeakyReluOptions(to.builder(), alpha));
  }

  // int16: ratios in float, which is what TensorFlow Lite's published int16 outputs have; int8: in double.
  static Multiplier positive(const NodeView& node) { return slope_multiplier(node, 1.0F); }
  Multiplier negative(const NodeView& node) const { return slope_multiplier(node, alpha); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    if (!is_float(result[0].type)) {
      positive(node);
      negative(node);
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::measured({0}).with_channel_scales();
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) {
      return evaluate_unary<float>(e, [slope = alpha](float x) { return x > 0.0F ? x : x * slope; });
    }
    if (e.input(0).type == DataType::kInt8) return evaluate_scaled<std::int8_t>(e);
    evaluate_scaled<std::int16_t>(e);
  }

 private:
  static Multiplier slope_multiplier(const NodeView& node, float slope) {
    const float in = node.input(0).scale();
    const float out = node.output().scale();
    if (node.input(0).type == DataType::kInt16) return quantize_multiplier(static_cast<double>(in * slope / out));
    return quantize_multiplier(static_cast<double>(in) * static_cast<double>(slope) / static_cast<double>(out));
  }

  template <typename T>
  void evaluate_scaled(const Evaluation& e) const {
    const Multiplier above = positive(e);
    const Multiplier below = negative(e);
    const auto [lowest, highest] = type_range(e.output().type);
    evaluate_unary<T>(e, [&, lowest = lowest, highest = highest](T x) {
      const std::int32_t difference = x - e.input(0).zero_point();
      const std::int32_t scaled = requantize(difference, difference >= 0 ? above : below);
      return static_cast<T>(std::clamp(wrap_add(scaled, e.output().zero_point()), lowest, highest));
    });
  }
};

bool is_float_input(const NodeView& node) { return is_float(node.input(0).type); }
bool is_int16(const NodeView& node) { return node.input(0).type == DataType::kInt16; }

KernelCall lower_float(const NodeView& node) {
  KernelCall call = describe_unary(node, "activation", "leaky_relu_float");
  call.real("alpha", LeakyRelu::of(node).alpha);
  return finish_unary(std::move(call), node);
}

KernelCall lower_scaled(const NodeView& node) {
  const auto& op = LeakyRelu::of(node);
  KernelCall call = describe_unary(node, "activation", "leaky_relu_int16");
  const Multiplier above = op.positive(node);
  const Multiplier below = op.negative(node);
  call.set("positive_multiplier", above.multiplier).set("positive_shift", above.shift);
  call.set("negative_multiplier", below.multiplier).set("negative_shift", below.shift);
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> LeakyRelu::kRows = {
    {.name = "leaky_relu.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "leaky_relu.float", .applies = is_float_input, .cycles = unary_cycles, .lower = lower_float},
    {.name = "leaky_relu.scaled", .applies = is_int16, .cycles = unary_cycles, .lower = lower_scaled},
};

}  // namespace

MOTE_DEFINE_OPERATOR(LeakyRelu, leaky_relu)

}  // namespace mote
