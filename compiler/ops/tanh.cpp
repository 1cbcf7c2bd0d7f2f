// TANH.
// Source: TensorFlow Lite TANH; int16 from LOGISTIC's table, as tanh(x) = 2 logistic(2x) - 1.

#include <cmath>

#include "ops/elementwise.hpp"
#include "ops/fixed_point_curves.hpp"
#include "ops/sigmoid.hpp"

namespace mote {

namespace {

class Tanh : public ElementwiseOperator<Tanh> {
 public:
  static constexpr std::string_view kName = "tanh";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;
  /// Input scales 2^-12 and 2^-11 need no rounding.
  static constexpr int kLargestPower = 1;

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_sigmoid(node, 7, 0); }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::fixed_to(1.0F / 128, 0) : QuantizationRule::fixed_to(1.0F / 32768, 0);
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) return evaluate_unary<float>(e, [](float x) { return std::tanh(x); });
    if (e.input(0).type == DataType::kInt8) return evaluate_int8(e);
    evaluate_int16(e);
  }

 private:
  static void evaluate_int8(const Evaluation& e) {
    const SigmoidInt8 scaling = sigmoid_int8(e.input(0));
    const std::int32_t zero_point = e.input(0).zero_point();
    evaluate_unary<std::int8_t>(e, [&](std::int8_t x) -> std::int8_t {
      const std::int32_t difference = x - zero_point;
      if (difference <= -scaling.radius) return -128;
      if (difference >= scaling.radius) return 127;
      const std::int32_t result = tanh_of_q4(requantize(difference, scaling.multiplier));
      return static_cast<std::int8_t>(std::clamp(rounding_divide_by_power_of_two(result, 24), -128, 127));
    });
  }

  static void evaluate_int16(const Evaluation& e) {
    const SigmoidInt16 scaling = sigmoid_int16(e.input(0), kLargestPower);
    evaluate_unary<std::int16_t>(e, [&](std::int16_t x) { return tanh_of_steps(scaling.apply(x)); });
  }
};

KernelCall lower_direct(const NodeView& node) { return lower_sigmoid(node, "tanh", Tanh::kLargestPower); }

const std::vector<Implementation> Tanh::kRows = {
    {.name = "tanh.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "tanh.direct", .applies = has_wider_input, .cycles = unary_cycles, .lower = lower_direct},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Tanh, tanh)

}  // namespace mote
