// HARD_SWISH: x * min(max(x + 3, 0), 6) / 6. int8 works in 16-bit fixed point.
// Source: TensorFlow Lite HARD_SWISH.

#include "ops/elementwise.hpp"
#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

/// round(a * b / 2^15), half up, saturating.
std::int32_t high_multiply_16(std::int32_t a, std::int32_t b) { return std::min((a * b + (1 << 14)) >> 15, 32767); }

std::int32_t saturating_shift_left_16(std::int32_t x, int bits) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(static_cast<std::int64_t>(x) * (std::int64_t{1} << bits), -32768, 32767));
}

/// A multiplier cut to 16 bits.
Multiplier narrow(Multiplier by) {
  return {by.multiplier >= INT32_MAX - (1 << 15) ? 32767 : (by.multiplier + (1 << 15)) >> 16, by.shift};
}

class HardSwish : public ElementwiseOperator<HardSwish> {
 public:
  static constexpr std::string_view kName = "hard_swish";
  static const std::vector<Implementation> kRows;

  /// From the input with 7 more fractional bits to the output, and to steps of 3 / 2^15.
  struct Scaling {
    Multiplier output, gate;
  };
  static Scaling scaling(const NodeView& node) {
    const double fine = static_cast<double>(node.input(0).scale()) / 128.0;
    const Scaling result{narrow(quantize_multiplier(fine / static_cast<double>(node.output().scale()))),
                         narrow(quantize_multiplier(fine / (3.0 / 32768.0)))};
    if (result.output.shift > 0 || result.output.shift < -15 || result.gate.shift < -15) {
      throw Error(fmt::format("input scale {} and output scale {} do not fit this operator's 16-bit arithmetic",
                              node.input(0).scale(), node.output().scale()));
    }
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8});
    if (!is_float(result[0].type)) scaling(node);
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::measured({0}) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) {
      return evaluate_unary<float>(e, [](float x) { return x * std::min(6.0F, std::max(0.0F, x + 3.0F)) / 6.0F; });
    }
    const Scaling by = scaling(e);
    evaluate_unary<std::int8_t>(e, [&](std::int8_t x) {
      const std::int32_t fine = (x - e.input(0).zero_point()) * 128;
      const std::int32_t gate = (gate_of(fine, by.gate) + 32768) >> 1;
      const std::int32_t product = gate * high_multiply_16(fine, by.output.multiplier) / 32768;
      const std::int32_t scaled = rounding_divide_by_power_of_two(product, -by.output.shift);
      return static_cast<std::int8_t>(std::clamp(scaled + e.output().zero_point(), -128, 127));
    });
  }

 private:
  /// min(max(x / 3, -1), 1) in steps of 2^-15. A left shift is done in two parts, the last bit after the product, so that
  /// only what overflows saturates.
  static std::int32_t gate_of(std::int32_t fine, Multiplier by) {
    if (by.shift <= 0) return rounding_divide_by_power_of_two(high_multiply_16(fine, by.multiplier), -by.shift);
    return saturating_shift_left_16(high_multiply_16(saturating_shift_left_16(fine, by.shift - 1), by.multiplier), 1);
  }
};

KernelCall lower_float(const NodeView& node) { return finish_unary(describe_unary(node, "activation", "hard_swish"), node); }

const std::vector<Implementation> HardSwish::kRows = {
    {.name = "hard_swish.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "hard_swish.float", .applies = has_wider_input, .cycles = unary_cycles, .lower = lower_float},
};

}  // namespace

MOTE_DEFINE_OPERATOR(HardSwish, hard_swish)

}  // namespace mote
