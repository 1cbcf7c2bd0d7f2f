// DIV with broadcasting and fused activation. Whole numbers drop the fraction; by 0 they give 0.
// Source: TensorFlow Lite DIV. int8 by 0, which it refuses at run time, gives the end of the range on the side of the dividend.

#include <bit>

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"
#include "ops/fixed_point_curves.hpp"

namespace mote {

namespace {

class Div : public ElementwiseOperator<Div> {
 public:
  static constexpr std::string_view kName = "div";
  static const std::vector<Implementation> kRows;

  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::DivOptions>(op)) activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateDivOptions(to.builder(), write_activation(activation))); }

  static Multiplier scaling(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) /
                               (static_cast<double>(node.input(1).scale()) * static_cast<double>(node.output().scale())));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_binary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt32, DataType::kInt64});
    if (is_float(result[0].type)) {
      activation_range(activation);
    } else if (is_whole(result[0].type)) {
      require_no_activation(activation, result[0].type);
    } else {
      for (int i = 0; i < 2; ++i) require_quantized(node.input(i));
      require_quantized(node.output());
      const Multiplier by = scaling(node);
      // A divisor of one step leaves 23 bits of headroom above the largest dividend.
      if (by.multiplier == 0 || by.shift > 23) {
        throw Error(fmt::format("scales {} / {} to {} do not fit fixed-point arithmetic", node.input(0).scale(),
                                node.input(1).scale(), node.output().scale()));
      }
      activation_range(activation, node.output());
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::measured({0, 1}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (is_whole(e.output().type)) return evaluate_whole(e, [](auto a, auto b) { return truncating_divide(a, b); });
    if (e.output().type == DataType::kInt8) return evaluate_int8(e);
    const auto [lowest, highest] = activation_range(activation);
    evaluate_elements<float>(e, [lo = lowest, hi = highest](float a, float b) { return std::clamp(a / b, lo, hi); });
  }

 private:
  void evaluate_int8(const Evaluation& e) const {
    const Multiplier by = scaling(e);
    const auto [lowest, highest] = activation_range(activation, e.output());
    evaluate_elements<std::int8_t>(e, [&, lo = lowest, hi = highest](std::int8_t a, std::int8_t b) {
      const std::int32_t sign = b < e.input(1).zero_point() ? -1 : 1;
      const std::int32_t dividend = sign * (a - e.input(0).zero_point());
      const std::int32_t divisor = sign * (b - e.input(1).zero_point());
      if (divisor == 0) {
        const std::int32_t end = dividend > 0 ? hi : (dividend < 0 ? lo : e.output().zero_point());
        return static_cast<std::int8_t>(std::clamp(end, lo, hi));
      }
      return static_cast<std::int8_t>(std::clamp(wrap_add(quotient(dividend, divisor, by), e.output().zero_point()), lo, hi));
    });
  }

  /// dividend / divisor * by for a divisor above 0.
  static std::int32_t quotient(std::int32_t dividend, std::int32_t divisor, Multiplier by) {
    const int zeros = std::countl_zero(static_cast<std::uint32_t>(divisor));
    const auto fraction = static_cast<std::int32_t>((static_cast<std::uint32_t>(divisor) << zeros) - (std::uint32_t{1} << 31));
    const int headroom = std::countl_zero(static_cast<std::uint32_t>(dividend < 0 ? ~dividend : dividend)) - 1;
    const std::int32_t unscaled =
        saturating_rounding_doubling_high_mul(wrap_shift_left(dividend, headroom), one_over_one_plus_x(fraction));
    return requantize(unscaled, {by.multiplier, by.shift - (31 - zeros) - headroom});
  }
};

KernelCall lower(const NodeView& node) {
  const bool scaled = node.output().type == DataType::kInt8;
  KernelCall call = describe_binary(node, scaled ? "div_int8" : "div", Div::of(node).activation, "divide");
  if (scaled) {
    const Multiplier by = Div::scaling(node);
    call.set("a_zero_point", node.input(0).zero_point()).set("b_zero_point", node.input(1).zero_point());
    call.set("output_zero_point", node.output().zero_point()).set("multiplier", by.multiplier).set("shift", by.shift);
  }
  return pass_operands(std::move(call), node);
}

double cycles(const NodeView& node) { return 90.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Div::kRows = {{.name = "div.plain", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Div, div)

}  // namespace mote
