// EXPAND_DIMS: a new axis of extent one, at the place the second input says.
// Source: TensorFlow Lite EXPAND_DIMS.

#include "ops/checks.hpp"
#include "ops/view.hpp"

namespace mote {

namespace {

class ExpandDims : public ViewOperator<ExpandDims> {
 public:
  static constexpr std::string_view kName = "expand_dims";

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  ChannelFlow channel_flow(const NodeView& node) const override {
    const Shape& in = node.input(0).shape;
    return !in.empty() && in.back() > 1 && in.back() == node.output().shape.back() ? ChannelFlow::kTied : ChannelFlow::kOpaque;
  }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const auto axis = node.integers(1, "axis");
    if (axis.size() != 1) throw Error(fmt::format("the axis has {} values", axis.size()));
    Shape shape = node.input(0).shape;
    shape.insert(shape.begin() + resolve_axis(axis[0], shape.size() + 1), 1);
    return {{node.input(0).type, shape}};
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ExpandDims, expand_dims)

}  // namespace mote
