// MUL with broadcasting and fused activation.
// Source: TensorFlow Lite MUL.

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"

namespace mote {

namespace {

class Mul : public ElementwiseOperator<Mul> {
 public:
  static constexpr std::string_view kName = "mul";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;

  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::MulOptions>(op)) activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateMulOptions(to.builder(), write_activation(activation)));
  }

  static Multiplier scaling(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) * static_cast<double>(node.input(1).scale()) /
                               static_cast<double>(node.output().scale()));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result =
        infer_binary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
    if (is_float(result[0].type)) {
      activation_range(activation);
    } else if (is_whole(result[0].type)) {
      require_no_activation(activation, result[0].type);
    } else {
      for (int i = 0; i < 2; ++i) require_quantized(node.input(i));
      require_quantized(node.output());
      scaling(node);
      activation_range(activation, node.output());
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0, 1}); }

  void evaluate(const Evaluation& e) const override {
    if (e.output().type == DataType::kInt8) return multiply<std::int8_t>(e);
    if (e.output().type == DataType::kInt16) return multiply<std::int16_t>(e);
    if (is_whole(e.output().type)) return evaluate_whole(e, [](auto a, auto b) { return wrap_multiply(a, b); });
    const auto [lowest, highest] = activation_range(activation);
    evaluate_elements<float>(e, [lo = lowest, hi = highest](float a, float b) { return std::clamp(a * b, lo, hi); });
  }

 private:
  template <typename T>
  void multiply(const Evaluation& e) const {
    const Multiplier by = scaling(e);
    const auto [lowest, highest] = activation_range(activation, e.output());
    evaluate_elements<T>(e, [&, lo = lowest, hi = highest](T a, T b) {
      const std::int32_t product = (a - e.input(0).zero_point()) * (b - e.input(1).zero_point());
      return static_cast<T>(std::clamp(wrap_add(requantize(product, by), e.output().zero_point()), lo, hi));
    });
  }
};

KernelCall lower(const NodeView& node) {
  const bool scaled = node.output().type == DataType::kInt8 || node.output().type == DataType::kInt16;
  KernelCall call = describe_binary(node, scaled ? "scaled_product" : "mul", Mul::of(node).activation);
  if (scaled) {
    const Multiplier by = Mul::scaling(node);
    call.set("a_zero_point", node.input(0).zero_point()).set("b_zero_point", node.input(1).zero_point());
    call.set("output_zero_point", node.output().zero_point()).set("multiplier", by.multiplier).set("shift", by.shift);
  }
  return pass_operands(std::move(call), node);
}

const std::vector<Implementation> Mul::kRows = {{.name = "mul.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Mul, mul)

}  // namespace mote
