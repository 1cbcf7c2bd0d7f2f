// L2_NORMALIZATION: rows along the innermost axis divided by their length.
// Source: TensorFlow Lite L2_NORMALIZATION; int8 results have scale 1/128 and zero point 0.

#include <cmath>

#include "ops/inverse_square_root.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

class L2Normalization : public OperatorBase<L2Normalization> {
 public:
  static constexpr std::string_view kName = "l2_normalization";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::L2NormOptions>(op);
    if (given != nullptr && given->fused_activation_function() != tflite::ActivationFunctionType_NONE) {
      throw Error("a fused activation is not supported here");
    }
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateL2NormOptions(to.builder())); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_unary(node, {DataType::kFloat32, DataType::kInt8});
    require_rank(node.input(0), 1, 8);
    if (!is_float(result[0].type)) {
      const Tensor& out = node.output();
      if (out.scale() != 1.0F / 128.0F || out.zero_point() != 0) {
        throw Error(fmt::format("output '{}' has scale {} and zero point {}; 1/128 and 0 are needed", out.name, out.scale(),
                                out.zero_point()));
      }
      // The sum of squares is an int32.
      if (rows_and_depth(node.input(0).shape).depth > 32768) throw Error("rows of more than 32768 values are not supported");
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType type) const override {
    return type == DataType::kInt8 ? QuantizationRule::fixed_to(1.0F / 128, 0) : QuantizationRule{};
  }

  void evaluate(const Evaluation& e) const override {
    const RowsAndDepth n = rows_and_depth(e.input(0).shape);
    for (std::int64_t row = 0; row < n.rows; ++row) {
      const auto first = static_cast<std::size_t>(row * n.depth);
      const auto depth = static_cast<std::size_t>(n.depth);
      if (e.input(0).type == DataType::kFloat32) {
        float_row(e.in<float>(0).subspan(first, depth), e.out<float>().subspan(first, depth));
      } else {
        int8_row(e.in<std::int8_t>(0).subspan(first, depth), e.input(0).zero_point(), e.out<std::int8_t>().subspan(first, depth));
      }
    }
  }

 private:
  static void float_row(std::span<const float> in, std::span<float> out) {
    float squares = 0.0F;
    for (const float x : in) squares += x * x;
    const float length = std::max(std::sqrt(squares), 1e-6F);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i] / length;
  }

  static void int8_row(std::span<const std::int8_t> in, std::int32_t zero_point, std::span<std::int8_t> out) {
    std::int32_t squares = 0;
    for (const std::int32_t x : in) squares += (x - zero_point) * (x - zero_point);
    const Multiplier inverse = inverse_square_root(squares);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int32_t scaled = requantize(std::int32_t{in[i]} - zero_point, {inverse.multiplier, inverse.shift + 7});
      out[i] = static_cast<std::int8_t>(std::clamp(scaled, -128, 127));
    }
  }
};

KernelCall lower(const NodeView& node) {
  const RowsAndDepth n = rows_and_depth(node.input(0).shape);
  KernelCall call("normalization", is_float(node.input(0).type) ? "l2_normalization" : "l2_normalization_int8");
  call.set("rows", n.rows).set("depth", n.depth).set("input_zero_point", node.input(0).zero_point());
  return call.value(node, 0, "values").output().in_place_of({0});
}

const std::vector<Implementation> L2Normalization::kRows = {
    {.name = "l2_normalization.rows", .cycles = unary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(L2Normalization, l2_normalization)

}  // namespace mote
