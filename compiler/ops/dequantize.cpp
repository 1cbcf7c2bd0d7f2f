// DEQUANTIZE: scale * (q - zero point) as float32.
// Source: TensorFlow Lite DEQUANTIZE.

#include "ops/unary.hpp"

namespace mote {

namespace {

class Dequantize : public OperatorBase<Dequantize> {
 public:
  static constexpr std::string_view kName = "dequantize";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kInt8, DataType::kUint8, DataType::kInt16});
    require_type(node.output(), {DataType::kFloat32});
    require_scale(node.input(0));
    return {{DataType::kFloat32, node.input(0).shape}};
  }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kInt8:
        return evaluate_from<std::int8_t>(e);
      case DataType::kUint8:
        return evaluate_from<std::uint8_t>(e);
      default:
        return evaluate_from<std::int16_t>(e);
    }
  }

 private:
  // The product is exact in double, so it is rounded once.
  template <typename In>
  static void evaluate_from(const Evaluation& e) {
    const auto scale = static_cast<double>(e.input(0).scale());
    evaluate_unary<In, float>(e, [&](In x) { return static_cast<float>(scale * (x - e.input(0).zero_point())); });
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call = describe_unary(node, "quantize", "dequantize");
  call.real("scale", node.input(0).scale()).set("zero_point", node.input(0).zero_point());
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Dequantize::kRows = {{.name = "dequantize.direct", .cycles = unary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Dequantize, dequantize)

}  // namespace mote
