// MAXIMUM with broadcasting: stored values are compared as they are, whatever their scales.
// Source: TensorFlow Lite MAXIMUM.

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"

namespace mote {

namespace {

class Maximum : public ElementwiseOperator<Maximum> {
 public:
  static constexpr std::string_view kName = "maximum";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    return infer_binary(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0, 1}); }

  void evaluate(const Evaluation& e) const override {
    const auto run = [&](auto example) {
      using T = decltype(example);
      evaluate_elements<T>(e, [](T a, T b) { return std::max(a, b); });
    };
    switch (e.output().type) {
      case DataType::kFloat32:
        return run(float{});
      case DataType::kInt8:
        return run(std::int8_t{});
      case DataType::kInt16:
        return run(std::int16_t{});
      case DataType::kInt32:
        return run(std::int32_t{});
      default:
        return run(std::int64_t{});
    }
  }
};

KernelCall lower(const NodeView& node) { return pass_operands(describe_binary(node, "maximum", Activation::kNone), node); }

const std::vector<Implementation> Maximum::kRows = {{.name = "maximum.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Maximum, maximum)

}  // namespace mote
