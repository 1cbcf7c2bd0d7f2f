// INSTANCE_NORMALIZATION: each channel (innermost axis) of each image (outermost axis) is brought to mean 0 and variance 1, then
// scaled and moved by the channel's own. Source: ONNX InstanceNormalization.

#include "ops/joined.hpp"
#include "ops/normalized.hpp"

namespace mote {

namespace {

class InstanceNormalization : public OperatorBase<InstanceNormalization> {
 public:
  static constexpr std::string_view kName = "instance_normalization";
  static const std::vector<Implementation> kRows;

  float epsilon = 1e-5F;

  template <typename V>
  void fields(V& v) {
    v.visit("epsilon", epsilon);
  }

  static NormalizedGroups groups(const NodeView& node) {
    const Shape& shape = node.input(0).shape;
    require_rank(node.input(0), 2, 8);
    const std::int64_t images = shape.front();
    const std::int64_t channels = shape.back();
    return {.outer = images,
            .count = node.input(0).elements() / std::max<std::int64_t>(images * channels, 1),
            .inner = channels,
            .per_place = false};
  }

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_normalized(node, groups(node), epsilon); }
  void evaluate(const Evaluation& e) const override { evaluate_normalized(e, groups(e), epsilon); }
};

KernelCall lower(const NodeView& node) {
  return lower_normalized(node, InstanceNormalization::groups(node), InstanceNormalization::of(node).epsilon);
}

const std::vector<Implementation> InstanceNormalization::kRows = {
    {.name = "instance_normalization.float", .cycles = normalized_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(InstanceNormalization, instance_normalization)

}  // namespace mote
