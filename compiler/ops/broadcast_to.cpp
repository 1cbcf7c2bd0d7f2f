// BROADCAST_TO: the input repeated to the shape that the second input gives.
// Source: TensorFlow Lite BROADCAST_TO.

#include "ops/broadcast.hpp"
#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class BroadcastTo : public RearrangeOperator<BroadcastTo> {
 public:
  static constexpr std::string_view kName = "broadcast_to";

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape shape = node.integers(1, "shape");
    return {{shape.begin(), shape.end()}, broadcast_steps(node.input(0).shape, shape)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Shape shape = node.integers(1, "shape");
    broadcast_steps(node.input(0).shape, shape);
    return {{node.input(0).type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(BroadcastTo, broadcast_to)

}  // namespace mote
