// SOFTMAX over the innermost axis: exp(beta * x) / sum of exp(beta * x).
// Source: TensorFlow Lite SOFTMAX; int8 in fixed point, int16 from two tables.

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/fixed_point_curves.hpp"
#include "ops/quantized_math.hpp"
#include "ops/softmax_scaling.hpp"

namespace mote {

namespace {

class Softmax : public OperatorBase<Softmax> {
 public:
  static constexpr std::string_view kName = "softmax";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  float beta = 1.0F;

  template <typename V>
  void fields(V& v) {
    v.visit("beta", beta);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::SoftmaxOptions>(op)) beta = given->beta();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateSoftmaxOptions(to.builder(), beta));
  }

  /// int16: from a difference to steps of 10 / 65535.
  Multiplier table_multiplier(const Tensor& input) const {
    return quantize_multiplier(static_cast<double>(input.scale()) * static_cast<double>(beta) / (10.0 / 65535.0));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    const Tensor& out = node.output();
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    require_rank(in, 1, INT32_MAX);
    require_elements(in);
    if (in.type == DataType::kInt8) {
      require_type(out, {DataType::kInt8, DataType::kInt16});
    } else {
      require_same_type(in, out);
    }
    if (!(beta > 0.0F && std::isfinite(beta))) throw Error(fmt::format("beta {} is not positive", beta));
    if (in.type == DataType::kInt8) {
      require_quantized(in);
      softmax_scaling(in, beta);
      require_result(out, out.type == DataType::kInt8 ? 8 : 16, out.type == DataType::kInt8 ? -128 : -32768);
    } else if (in.type == DataType::kInt16) {
      require_quantized(in);
      table_multiplier(in);
      if (in.shape.back() > 65536) throw Error(fmt::format("sums over {} values do not fit 32 bits", in.shape.back()));
      require_result(out, 15, 0);
    }
    return {{out.type, in.shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::fixed_to(1.0F / 256, -128) : QuantizationRule::fixed_to(1.0F / 32768, 0);
  }

  void evaluate(const Evaluation& e) const override {
    const Tensor& in = e.input(0);
    if (in.type == DataType::kFloat32) {
      for_each_row<float, float>(e, [&](auto from, auto to) { float_row(from, to); });
    } else if (in.type == DataType::kInt16) {
      for_each_row<std::int16_t, std::int16_t>(e, [by = table_multiplier(in)](auto from, auto to) { int16_row(from, by, to); });
    } else {
      const auto row = [by = softmax_scaling(in, beta)](auto from, auto to) { int8_row(from, by, to); };
      if (e.output().type == DataType::kInt8) return for_each_row<std::int8_t, std::int8_t>(e, row);
      for_each_row<std::int8_t, std::int16_t>(e, row);
    }
  }

 private:
  static void require_result(const Tensor& out, int bits, std::int32_t zero_point) {
    require_scale(out);
    const float scale = std::ldexp(1.0F, -bits);
    if (std::abs(out.scale() - scale) > 1e-3F * scale || out.zero_point() != zero_point) {
      throw Error(fmt::format("output '{}' has scale {} and zero point {}; 1/{} and {} are needed", out.name, out.scale(),
                              out.zero_point(), 1 << bits, zero_point));
    }
  }

  void float_row(std::span<const float> in, std::span<float> out) const {
    const float largest = *std::max_element(in.begin(), in.end());
    float sum = 0.0F;
    for (std::size_t i = 0; i < in.size(); ++i) {
      out[i] = std::exp((in[i] - largest) * beta);
      sum += out[i];
    }
    for (float& value : out) value /= sum;
  }

  template <typename Out>
  static void int8_row(std::span<const std::int8_t> in, const SoftmaxScaling& scaling, std::span<Out> out) {
    constexpr std::int32_t kLowest = std::numeric_limits<Out>::min();
    constexpr std::int32_t kHighest = std::numeric_limits<Out>::max();
    const std::int32_t largest = *std::max_element(in.begin(), in.end());
    const auto sum = static_cast<std::uint32_t>(scaling.sum_of_exponentials(in));
    const int zeros = std::countl_zero(sum);
    const std::int32_t inverse = one_over_one_plus_x(static_cast<std::int32_t>((sum << zeros) - (std::uint32_t{1} << 31)));
    // The sum has 12 integer bits, the result as many fractional bits as Out has bits. From 32 on nothing is left.
    const int exponent = 12 - zeros + 31 - 8 * static_cast<int>(sizeof(Out));
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int32_t difference = in[i] - largest;
      std::int32_t result = 0;
      if (difference >= scaling.smallest_difference && exponent < 32) {
        const std::int32_t share = saturating_rounding_doubling_high_mul(inverse, scaling.exponential(difference));
        result = rounding_divide_by_power_of_two(share, exponent);
      }
      out[i] = static_cast<Out>(std::clamp(result + kLowest, kLowest, kHighest));
    }
  }

  static void int16_row(std::span<const std::int16_t> in, Multiplier scaling, std::span<std::int16_t> out) {
    const std::int32_t largest = *std::max_element(in.begin(), in.end());
    const auto exponential = [&](std::int16_t x) {
      const std::int32_t scaled = wrap_add(requantize(x - largest, scaling), 32767);
      return interpolate(exp_table(), static_cast<std::int16_t>(std::clamp(scaled, -32768, 32767)));
    };
    std::int32_t sum = 0;
    for (const std::int16_t x : in) sum = wrap_add(sum, exponential(x));
    const int zeros = std::countl_zero(static_cast<std::uint32_t>(sum));
    // The sum without its leading bit, 1 <= sum / 2^k < 2, spread over int16.
    const std::int64_t fraction = (((static_cast<std::int64_t>(sum) << zeros) / 2 + (1 << 13)) >> 14) - (1 << 15) - (1 << 16);
    const std::int32_t inverse =
        interpolate(reciprocal_table(), static_cast<std::int16_t>(std::clamp<std::int64_t>(fraction, -32768, 32767)));
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int32_t product = exponential(in[i]) * inverse;
      const std::int32_t result = (product + (1 << (30 - zeros))) >> (31 - zeros);
      out[i] = static_cast<std::int16_t>(std::clamp(result, 0, 32767));
    }
  }
};

KernelCall describe(const NodeView& node, std::string_view function) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("softmax", function);
  call.set("rows", size.rows).set("depth", size.depth);
  return call.value(node, 0, "values");
}

KernelCall lower(const NodeView& node) {
  const auto& op = Softmax::of(node);
  const Tensor& in = node.input(0);
  if (in.type == DataType::kFloat32) {
    return describe(node, "softmax_float").real("beta", op.beta).output().in_place_of({0});
  }
  if (in.type == DataType::kInt16) {
    const Multiplier scaling = op.table_multiplier(in);
    KernelCall call = describe(node, "softmax_int16").set("multiplier", scaling.multiplier).set("shift", scaling.shift);
    return call.constant("exp_table", exp_table()).constant("reciprocal_table", reciprocal_table()).output().in_place_of({0});
  }
  const SoftmaxScaling scaling = softmax_scaling(in, op.beta);
  KernelCall call = describe(node, "softmax_int8").type("Output", node.output().type);
  call.set("multiplier", scaling.multiplier.multiplier).set("shift", scaling.multiplier.shift);
  call.set("smallest_difference", scaling.smallest_difference).output();
  if (node.output().type == DataType::kInt8) call.in_place_of({0});
  return call;
}

bool has_int8_input(const NodeView& node) { return node.input(0).type == DataType::kInt8; }

/// Differences are known beforehand, and so is exp() of each.
KernelCall lower_lookup_of_exponentials(const NodeView& node) {
  constexpr std::int32_t kMostSteps = 255;
  const SoftmaxScaling scaling = softmax_scaling(node.input(0), Softmax::of(node).beta);
  std::vector<std::int32_t> exponentials;
  for (std::int32_t steps = 0; steps <= kMostSteps && -steps >= scaling.smallest_difference; ++steps)
    exponentials.push_back(scaling.exponential(-steps));
  // What is 0 adds nothing and comes out as 0 either way.
  while (exponentials.back() == 0) exponentials.pop_back();
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  KernelCall call("softmax", "softmax_int8_lookup");
  call.set("rows", size.rows).set("depth", size.depth).type("Output", node.output().type);
  call.set("entries", static_cast<std::int64_t>(exponentials.size()));
  call.value(node, 0, "values").constant("exponentials", exponentials).output();
  if (node.output().type == DataType::kInt8) call.in_place_of({0});
  return call;
}

double lookup_row_cycles(const NodeView& node) {
  const RowsAndDepth size = rows_and_depth(node.input(0).shape);
  return static_cast<double>(size.rows) * (250.0 + 35.0 * static_cast<double>(size.depth));
}

double cycles(const NodeView& node) { return 250.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Softmax::kRows = {
    {.name = "softmax.lookup", .applies = has_int8_input, .cycles = lookup_row_cycles, .lower = lower_lookup_of_exponentials, .code_bytes = 450},
    {.name = "softmax.direct", .cycles = cycles, .lower = lower, .code_bytes = 800}};

}  // namespace

MOTE_DEFINE_OPERATOR(Softmax, softmax)

}  // namespace mote
