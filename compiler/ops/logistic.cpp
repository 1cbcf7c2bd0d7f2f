// LOGISTIC: 1 / (1 + exp(-x)).
// Source: TensorFlow Lite LOGISTIC; int16 from a table of 256 entries.

#include "ops/elementwise.hpp"
#include "ops/fixed_point_curves.hpp"
#include "ops/sigmoid.hpp"

namespace mote {

namespace {

class Logistic : public ElementwiseOperator<Logistic> {
 public:
  static constexpr std::string_view kName = "logistic";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_sigmoid(node, 8, -128); }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::fixed_to(1.0F / 256, -128) : QuantizationRule::fixed_to(1.0F / 32768, 0);
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) return evaluate_unary<float>(e, logistic_of_float);
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
      const std::int32_t result = logistic_of_q4(requantize(difference, scaling.multiplier));
      return static_cast<std::int8_t>(std::clamp(rounding_divide_by_power_of_two(result, 23) - 128, -128, 127));
    });
  }

  static void evaluate_int16(const Evaluation& e) {
    const SigmoidInt16 scaling = sigmoid_int16(e.input(0), 0);
    evaluate_unary<std::int16_t>(e, [&](std::int16_t x) { return logistic_of_steps(scaling.apply(x)); });
  }
};

KernelCall lower_direct(const NodeView& node) { return lower_sigmoid(node, "logistic", 0); }

const std::vector<Implementation> Logistic::kRows = {
    {.name = "logistic.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "logistic.direct", .applies = has_wider_input, .cycles = unary_cycles, .lower = lower_direct},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Logistic, logistic)

}  // namespace mote
