// SPACE_TO_BATCH_ND: images with borders of real 0 become as many smaller ones as a block has places.
// Source: TensorFlow Lite SPACE_TO_BATCH_ND.

#include "ops/batch_blocks.hpp"

namespace mote {

namespace {

class SpaceToBatchNd : public OperatorBase<SpaceToBatchNd> {
 public:
  static constexpr std::string_view kName = "space_to_batch_nd";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32});
    require_same_type(node.input(0), node.output());
    return {{node.input(0).type, batch_blocks_shape(node, true)}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override {
    evaluate_batch_blocks(e, true, is_float(e.output().type) ? 0 : e.output().zero_point());
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("batch_blocks", "space_to_batch_nd");
  call.type("Value", node.output().type);
  batch_blocks(node, true).describe(call);
  if (is_float(node.output().type)) {
    call.real("border", 0.0F);
  } else {
    call.set("border", node.output().zero_point());
  }
  return call.value(node, 0, "values").output();
}

const std::vector<Implementation> SpaceToBatchNd::kRows = {
    {.name = "space_to_batch_nd.direct", .cycles = batch_blocks_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(SpaceToBatchNd, space_to_batch_nd)

}  // namespace mote
