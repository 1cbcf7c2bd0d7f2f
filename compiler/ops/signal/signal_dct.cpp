// SIGNAL_DCT: coefficients `first` to first + coefficients - 1 of the DCT-II of the last axis, orthonormal or not (then twice the
// sum of products with cosines, as SciPy has it). float32, or int16 with scales. The cosines of MFCC.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class SignalDct : public OperatorBase<SignalDct> {
 public:
  static constexpr std::string_view kName = "signal_dct";
  static const std::vector<Implementation> kRows;

  std::int32_t first = 0, coefficients = 1;
  bool orthonormal = true;

  template <typename V>
  void fields(V& v) {
    v.visit("first", first);
    v.visit("coefficients", coefficients);
    v.visit("orthonormal", orthonormal);
  }

  /// [coefficients][depth].
  std::vector<double> cosines(std::int32_t depth) const {
    std::vector<double> table;
    for (std::int32_t k = first; k < first + coefficients; ++k) {
      const double norm = orthonormal ? std::sqrt((k == 0 ? 1.0 : 2.0) / depth) : 2.0;
      for (std::int32_t i = 0; i < depth; ++i)
        table.push_back(norm * std::cos(std::numbers::pi * k * (2 * i + 1) / (2.0 * depth)));
    }
    return table;
  }
  /// For int16: cosines times the ratio of the scales, and bits of fraction with which the largest fills 15 bits.
  struct Fixed {
    std::vector<std::int16_t> table;
    int bits = 15;
  };
  Fixed fixed(const NodeView& node) const {
    std::vector<double> values = cosines(node.input(0).shape.back());
    double largest = 0;
    for (double& value : values) {
      value *= static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale());
      largest = std::max(largest, std::abs(value));
    }
    Fixed result;
    result.bits = std::clamp(14 - std::ilogb(largest), 1, 30);
    if (std::lround(std::ldexp(largest, result.bits)) > INT16_MAX) --result.bits;
    if (result.bits < 1)
      throw Error(fmt::format("scales {} and {} lie too far apart", node.input(0).scale(), node.output().scale()));
    for (const double value : values)
      result.table.push_back(static_cast<std::int16_t>(std::lround(std::ldexp(value, result.bits))));
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt16});
    require_rank(in, 1, 8);
    require_elements(in);
    constexpr std::int32_t kDeepest = 4096;
    if (in.shape.back() > kDeepest)
      throw Error(fmt::format("{} values are too many; {} are supported", in.shape.back(), kDeepest));
    if (first < 0 || coefficients < 1 || first > in.shape.back() - coefficients)
      throw Error(fmt::format("coefficients {} to {} of {} values", first, first + coefficients - 1, in.shape.back()));
    if (!is_float(in.type)) {
      require_quantized(in);
      require_quantized(node.output());
      fixed(node);
    }
    Shape shape = in.shape;
    shape.back() = coefficients;
    return {{in.type, shape}};
  }

  std::int64_t macs(const NodeView& node) const override { return node.input(0).elements() * coefficients; }

  void evaluate(const Evaluation& e) const override {
    const auto depth = static_cast<std::size_t>(e.input(0).shape.back());
    const auto count = static_cast<std::size_t>(coefficients);
    const std::size_t rows = static_cast<std::size_t>(e.input(0).elements()) / depth;
    if (is_float(e.input(0).type)) {
      const std::vector<double> table = cosines(e.input(0).shape.back());
      for (std::size_t i = 0; i < rows * count; ++i) {
        float sum = 0.0F;
        for (std::size_t j = 0; j < depth; ++j)
          sum += rounded_product(e.in<float>(0)[i / count * depth + j], static_cast<float>(table[i % count * depth + j]));
        e.out<float>()[i] = sum;
      }
      return;
    }
    const Fixed table = fixed(e);
    for (std::size_t i = 0; i < rows * count; ++i) {
      std::int64_t sum = std::int64_t{1} << (table.bits - 1);
      for (std::size_t j = 0; j < depth; ++j)
        sum += std::int64_t{e.in<std::int16_t>(0)[i / count * depth + j]} * table.table[i % count * depth + j];
      e.out<std::int16_t>()[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(sum >> table.bits, INT16_MIN, INT16_MAX));
    }
  }
};

bool of_floats(const NodeView& node) { return is_float(node.input(0).type); }
bool of_integers(const NodeView& node) { return !of_floats(node); }

KernelCall call_of(const NodeView& node, std::string_view function) {
  const auto [rows, depth] = rows_and_depth(node.input(0).shape);
  KernelCall call("signal/dct", function);
  call.set("rows", rows).set("depth", depth).set("coefficients", SignalDct::of(node).coefficients);
  call.value(node, 0, "values");
  return call;
}

KernelCall lower(const NodeView& node) {
  KernelCall call = call_of(node, "signal_dct");
  const std::vector<double> table = SignalDct::of(node).cosines(node.input(0).shape.back());
  return call.constant("cosines", std::vector<float>(table.begin(), table.end())).output();
}

KernelCall lower_integers(const NodeView& node) {
  KernelCall call = call_of(node, "signal_dct_int16");
  const SignalDct::Fixed fixed = SignalDct::of(node).fixed(node);
  return call.set("fraction_bits", fixed.bits).constant("cosines", fixed.table).output();
}

double cycles(const NodeView& node) { return 6.0 * static_cast<double>(SignalDct::of(node).macs(node)); }

const std::vector<Implementation> SignalDct::kRows = {
    {.name = "signal_dct.direct", .applies = of_floats, .cycles = cycles, .lower = lower, .code_bytes = 80},
    {.name = "signal_dct.integers", .applies = of_integers, .cycles = cycles, .lower = lower_integers, .code_bytes = 110}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalDct, signal_dct)

}  // namespace mote
