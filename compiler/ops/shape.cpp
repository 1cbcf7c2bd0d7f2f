// SHAPE: the input's extents as integers. Shapes are fixed, so this always folds into a constant.
// Source: TensorFlow Lite SHAPE.

#include "ops/checks.hpp"
#include "ops/view.hpp"

namespace mote {

namespace {

class ShapeOperator : public OperatorBase<ShapeOperator> {
 public:
  static constexpr std::string_view kName = "shape";
  static const std::vector<Implementation> kRows;

  void write(OptionsWriter& to) const { to.set(tflite::CreateShapeOptions(to.builder(), write_type(to.node().output().type))); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.output(), {DataType::kInt32, DataType::kInt64});
    return {{node.output().type, {static_cast<std::int32_t>(node.input(0).shape.size())}}};
  }

  void evaluate(const Evaluation& e) const override { write_extents(e, e.out_bytes()); }

  static void write_extents(const NodeView& node, std::uint8_t* bytes) {
    for (const std::int32_t extent : node.input(0).shape) {
      const std::int64_t wide = extent;
      std::memcpy(bytes, &wide, type_bytes(node.output().type));  // little endian: the low bytes come first
      bytes += type_bytes(node.output().type);
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "copy");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  Tensor extents = node.output();
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(extents.bytes()));
  ShapeOperator::write_extents(node, bytes.data());
  extents.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return call.constant("extents", extents).output();
}

const std::vector<Implementation> ShapeOperator::kRows = {{.name = "copy", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(ShapeOperator, shape)

}  // namespace mote
