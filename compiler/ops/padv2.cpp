// PADV2: borders of a given value, the third input, as stored.
// Source: TensorFlow Lite PADV2.

#include "ops/padded.hpp"

namespace mote {

namespace {

class PadV2 : public OperatorBase<PadV2> {
 public:
  static constexpr std::string_view kName = "padv2";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32});
    require_same_type(node.input(0), node.input(2));
    require_constant(node.input(2), "padding values");
    if (node.input(2).elements() != 1) throw Error(fmt::format("{} padding values, one is needed", node.input(2).elements()));
    if (node.input(0).type == DataType::kInt8) require_same_quantization(node.input(2), node.output());
    return infer_padded(node);
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0, 2}); }

  void evaluate(const Evaluation& e) const override { evaluate_padded(e, e.in_bytes(2)); }
};

KernelCall lower(const NodeView& node) { return lower_padded(node, node.input(2).data->data()); }

const std::vector<Implementation> PadV2::kRows = {{.name = "pad.plain", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(PadV2, padv2)

}  // namespace mote
