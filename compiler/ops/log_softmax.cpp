// LOG_SOFTMAX over the innermost axis: x - log(sum of exp(x)).
// Source: TensorFlow Lite LOG_SOFTMAX.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/fixed_point_curves.hpp"
#include "ops/softmax_scaling.hpp"

namespace mote {

namespace {

constexpr float kOutputScale = 1.0F / 16.0F;
constexpr std::int32_t kOutputZeroPoint = 127;

/// From a difference in Q5 back to the input's steps.
Multiplier reverse_multiplier(const SoftmaxScaling& scaling) {
  return quantize_multiplier(std::ldexp(1.0, 31 - scaling.multiplier.shift) / static_cast<double>(scaling.multiplier.multiplier));
}

class LogSoftmax : public OperatorBase<LogSoftmax> {
 public:
  static constexpr std::string_view kName = "log_softmax";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    const Tensor& out = node.output();
    require_type(in, {DataType::kFloat32, DataType::kInt8});
    require_same_type(in, out);
    require_rank(in, 1, INT32_MAX);
    require_elements(in);
    if (in.type == DataType::kInt8) {
      require_quantized(in);
      require_quantized(out);
      const Multiplier to_q5 = softmax_scaling(in, 1.0F).multiplier;
      if (to_q5.multiplier == 0) {
        throw Error(fmt::format("tensor '{}' has scale {}, too large for this operator", in.name, in.scale()));
      }
      if (out.scale() != kOutputScale || out.zero_point() != kOutputZeroPoint) {
        throw Error(fmt::format("output '{}' has scale {} and zero point {}; {} and {} are needed", out.name, out.scale(),
                                out.zero_point(), kOutputScale, kOutputZeroPoint));
      }
      if (in.shape.back() > 4095) throw Error(fmt::format("sums over {} values do not fit 12 integer bits", in.shape.back()));
    }
    return {type_and_shape(in)};
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::fixed_to(kOutputScale, kOutputZeroPoint) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kFloat32) {
      for_each_row<float, float>(e, [](auto from, auto to) { float_row(from, to); });
    } else {
      const SoftmaxScaling by = softmax_scaling(e.input(0), 1.0F);
      for_each_row<std::int8_t, std::int8_t>(e, [&](auto from, auto to) { int8_row(from, by, to); });
    }
  }

 private:
  static void float_row(std::span<const float> in, std::span<float> out) {
    const float largest = *std::max_element(in.begin(), in.end());
    float sum = 0.0F;
    for (const float x : in) sum += std::exp(x - largest);
    const float log_of_sum = std::log(sum);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] - largest - log_of_sum;
  }

  static void int8_row(std::span<const std::int8_t> in, const SoftmaxScaling& scaling, std::span<std::int8_t> out) {
    const std::int32_t largest = *std::max_element(in.begin(), in.end());
    const std::int32_t log_of_sum = log_of_q12(scaling.sum_of_exponentials(in));
    // Differences whose result would leave Q5 give the smallest output.
    const std::int32_t representable = requantize(wrap_add(log_of_sum, INT32_MIN), reverse_multiplier(scaling));
    const std::int32_t bound = std::max(scaling.smallest_difference - 1, representable);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int32_t difference = in[i] - largest;
      std::int32_t result = -128;
      if (difference > bound) {
        const std::int32_t logarithm = wrap_subtract(requantize(difference, scaling.multiplier), log_of_sum);
        result = rounding_divide_by_power_of_two(logarithm, 31 - 5 - 4) + kOutputZeroPoint;
      }
      out[i] = static_cast<std::int8_t>(std::clamp(result, -128, 127));
    }
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  const bool is_float_input = is_float(node.input(0).type);
  KernelCall call("log_softmax", is_float_input ? "log_softmax_float" : "log_softmax_int8");
  call.set("rows", size.rows).set("depth", size.depth);
  if (!is_float_input) {
    const SoftmaxScaling scaling = softmax_scaling(node.input(0), 1.0F);
    const Multiplier reverse = reverse_multiplier(scaling);
    call.set("multiplier", scaling.multiplier.multiplier).set("shift", scaling.multiplier.shift);
    call.set("reverse_multiplier", reverse.multiplier).set("reverse_shift", reverse.shift);
    call.set("smallest_difference", scaling.smallest_difference);
  }
  return call.value(node, 0, "values").output().in_place_of({0});
}

double cycles(const NodeView& node) { return 250.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> LogSoftmax::kRows = {{.name = "log_softmax.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(LogSoftmax, log_softmax)

}  // namespace mote
