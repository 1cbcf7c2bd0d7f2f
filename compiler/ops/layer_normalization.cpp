// LAYER_NORMALIZATION: the values along `axis` and all axes behind it are brought to mean 0 and variance 1, then scaled and moved
// each by its own. Source: ONNX LayerNormalization.

#include "ops/joined.hpp"
#include "ops/normalized.hpp"

namespace mote {

namespace {

class LayerNormalization : public OperatorBase<LayerNormalization> {
 public:
  static constexpr std::string_view kName = "layer_normalization";
  static const std::vector<Implementation> kRows;

  std::int32_t axis = -1;
  float epsilon = 1e-5F;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
    v.visit("epsilon", epsilon);
  }

  NormalizedGroups groups(const NodeView& node) const {
    const Shape& shape = node.input(0).shape;
    const int first = resolve_axis(axis, shape.size());
    return {.outer = elements_before(shape, first), .count = elements_from(shape, first)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_normalized(node, groups(node), epsilon); }
  void evaluate(const Evaluation& e) const override { evaluate_normalized(e, groups(e), epsilon); }
};

KernelCall lower(const NodeView& node) {
  const auto& op = LayerNormalization::of(node);
  return lower_normalized(node, op.groups(node), op.epsilon);
}

const std::vector<Implementation> LayerNormalization::kRows = {
    {.name = "layer_normalization.float", .cycles = normalized_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(LayerNormalization, layer_normalization)

}  // namespace mote
