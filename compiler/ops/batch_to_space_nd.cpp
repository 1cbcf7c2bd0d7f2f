// BATCH_TO_SPACE_ND: images in a batch become the places of blocks of one larger image, whose borders are cut off.
// Source: TensorFlow Lite BATCH_TO_SPACE_ND.

#include "ops/batch_blocks.hpp"

namespace mote {

namespace {

class BatchToSpaceNd : public OperatorBase<BatchToSpaceNd> {
 public:
  static constexpr std::string_view kName = "batch_to_space_nd";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32});
    require_same_type(node.input(0), node.output());
    return {{node.input(0).type, batch_blocks_shape(node, false)}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override { evaluate_batch_blocks(e, false, 0); }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("batch_blocks", "batch_to_space_nd");
  call.type("Value", node.output().type);
  batch_blocks(node, false).describe(call);
  return call.value(node, 0, "values").output();
}

const std::vector<Implementation> BatchToSpaceNd::kRows = {
    {.name = "batch_to_space_nd.direct", .cycles = batch_blocks_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(BatchToSpaceNd, batch_to_space_nd)

}  // namespace mote
