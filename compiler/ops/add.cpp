// ADD with broadcasting and fused activation.
// Source: TensorFlow Lite ADD.

#include "ops/binary_mve.hpp"
#include "ops/binary_wide.hpp"
#include "ops/elementwise.hpp"
#include "ops/sum_int8.hpp"

namespace mote {

namespace {

class Add : public ElementwiseOperator<Add> {
 public:
  static constexpr std::string_view kName = "add";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::AddOptions>(op)) activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    // int16 is scaled as any other type, not by powers of two.
    to.set(tflite::CreateAddOptions(to.builder(), write_activation(activation), false));
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
      sum_scaling(node);
      activation_range(activation, node.output());
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0, 1}); }

  void evaluate(const Evaluation& e) const override {
    if (e.output().type == DataType::kFloat32) {
      const auto [lowest, highest] = activation_range(activation);
      return evaluate_elements<float>(e, [lo = lowest, hi = highest](float a, float b) { return std::clamp(a + b, lo, hi); });
    }
    if (is_whole(e.output().type)) return evaluate_whole(e, [](auto a, auto b) { return wrap_add(a, b); });
    evaluate_scaled_sum(e, sum_scaling(e), 1, activation);
  }
};

KernelCall lower_scaled(const NodeView& node) {
  KernelCall call = describe_binary(node, "scaled_sum", Add::of(node).activation);
  describe_scaling(call, node, sum_scaling(node), 1);
  return pass_operands(std::move(call), node);
}

KernelCall lower_plain(const NodeView& node) {
  return pass_operands(describe_binary(node, "add", Add::of(node).activation), node);
}

KernelCall lower(const NodeView& node) {
  return node.output().type == DataType::kInt8 || node.output().type == DataType::kInt16 ? lower_scaled(node) : lower_plain(node);
}

bool words_apply(const NodeView& node) { return sum_int8_applies(node, 1, Add::of(node).activation); }
KernelCall lower_words(const NodeView& node) { return lower_sum_int8(node, 1, Add::of(node).activation); }

KernelCall lower_mve(const NodeView& node) { return lower_mve_sum(node, 1, Add::of(node).activation); }

KernelCall lower_wide(const NodeView& node) { return lower_wide_sum(node, 1, Add::of(node).activation); }

const std::vector<Implementation> Add::kRows = {
    {.name = "add.wide", .isa = Isa::kWide, .applies = wide_sum_applies, .cycles = wide_sum_cycles, .lower = lower_wide},
    {.name = "add.mve", .isa = Isa::kMve, .applies = mve_sum_applies, .cycles = mve_sum_cycles, .lower = lower_mve},
    {.name = "add.words", .isa = Isa::kDsp, .applies = words_apply, .cycles = sum_int8_cycles, .lower = lower_words},
    {.name = "add.plain", .cycles = binary_cycles, .lower = lower},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Add, add)

}  // namespace mote
