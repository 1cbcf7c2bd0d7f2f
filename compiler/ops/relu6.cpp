// RELU6: min(max(x, 0), 6). The quantization does not change.
// Source: TensorFlow Lite RELU6.

#include <cmath>

#include "ops/elementwise.hpp"
#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

class Relu6 : public ElementwiseOperator<Relu6> {
 public:
  static constexpr std::string_view kName = "relu6";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    if (!is_float(result[0].type)) require_same_quantization(node.input(0), node.output());
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) {
      return evaluate_unary<float>(e, [](float x) { return x > 6.0F ? 6.0F : (x < 0.0F ? 0.0F : x); });
    }
    if (e.input(0).type == DataType::kInt8) return evaluate_clamp<std::int8_t>(e);
    evaluate_clamp<std::int16_t>(e);
  }

 private:
  template <typename T>
  static void evaluate_clamp(const Evaluation& e) {
    const auto [zero, six] = activation_range(Activation::kRelu6, e.output());
    evaluate_unary<T>(e, [zero = zero, six = six](T x) { return static_cast<T>(std::clamp<std::int32_t>(x, zero, six)); });
  }
};

KernelCall lower_clamp(const NodeView& node) {
  KernelCall call = describe_unary(node, "activation", "clamp_values");
  if (is_float(node.output().type)) {
    call.real("clamp_min", 0.0F).real("clamp_max", 6.0F);
  } else {
    const auto [zero, six] = activation_range(Activation::kRelu6, node.output());
    call.set("clamp_min", zero).set("clamp_max", six);
  }
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Relu6::kRows = {{.name = "relu6.clamp", .cycles = lookup_cycles, .lower = lower_clamp}};

}  // namespace

MOTE_DEFINE_OPERATOR(Relu6, relu6)

}  // namespace mote
