// RELU: max(x, 0), with a change of scale for integers.
// Source: TensorFlow Lite RELU.

#include "ops/elementwise.hpp"
#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

class Relu : public ElementwiseOperator<Relu> {
 public:
  static constexpr std::string_view kName = "relu";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  static Multiplier multiplier(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    if (!is_float(result[0].type)) multiplier(node);
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::measured({0}).with_channel_scales();
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) return evaluate_unary<float>(e, [](float x) { return x < 0.0F ? 0.0F : x; });
    if (e.input(0).type == DataType::kInt8) return evaluate_scaled<std::int8_t>(e);
    evaluate_scaled<std::int16_t>(e);
  }

 private:
  template <typename T>
  static void evaluate_scaled(const Evaluation& e) {
    const Multiplier scaling = multiplier(e);
    const std::int32_t zero_point = e.output().zero_point();
    const std::int32_t highest = std::numeric_limits<T>::max();
    evaluate_unary<T>(e, [&](T x) {
      const std::int32_t scaled = requantize(x - e.input(0).zero_point(), scaling);
      return static_cast<T>(std::clamp(wrap_add(scaled, zero_point), zero_point, highest));
    });
  }
};

bool keeps_scale(const NodeView& node) {
  return is_float(node.input(0).type) ||
         (node.input(0).scale() == node.output().scale() && node.input(0).zero_point() == node.output().zero_point());
}

bool is_int16(const NodeView& node) { return node.input(0).type == DataType::kInt16; }

KernelCall lower_clamp(const NodeView& node) {
  KernelCall call = describe_unary(node, "activation", "clamp_values");
  if (is_float(node.output().type)) {
    call.real("clamp_min", 0.0F).real("clamp_max", std::numeric_limits<float>::infinity());
  } else {
    call.set("clamp_min", node.output().zero_point()).set("clamp_max", type_range(node.output().type).second);
  }
  return finish_unary(std::move(call), node);
}

KernelCall lower_scaled(const NodeView& node) {
  KernelCall call = describe_unary(node, "quantize", "requantize_values");
  const Multiplier scaling = Relu::multiplier(node);
  call.set("input_zero_point", node.input(0).zero_point()).set("output_zero_point", node.output().zero_point());
  call.set("multiplier", scaling.multiplier).set("shift", scaling.shift);
  call.set("clamp_min", node.output().zero_point()).set("clamp_max", type_range(node.output().type).second);
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Relu::kRows = {
    {.name = "relu.clamp", .applies = keeps_scale, .cycles = lookup_cycles, .lower = lower_clamp},
    {.name = "relu.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "relu.scaled", .applies = is_int16, .cycles = unary_cycles, .lower = lower_scaled},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Relu, relu)

}  // namespace mote
