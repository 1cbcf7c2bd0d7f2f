// REVERSE_V2: the axes that the second input lists run backwards.
// Source: TensorFlow Lite REVERSE_V2.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class ReverseV2 : public RearrangeOperator<ReverseV2> {
 public:
  static constexpr std::string_view kName = "reverse_v2";

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    Rearrangement walk{{in.begin(), in.end()}, strides_of(in)};
    std::vector<bool> seen(in.size(), false);
    for (const std::int32_t given : node.integers(1, "axes")) {
      const auto axis = static_cast<std::size_t>(resolve_axis(given, in.size()));
      if (seen[axis]) throw Error(fmt::format("axis {} is listed twice", given));
      seen[axis] = true;
      walk.offset += (in[axis] - 1) * walk.steps[axis];
      walk.steps[axis] = -walk.steps[axis];
    }
    return walk;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_elements(node.input(0));
    rearrangement(node);
    return {type_and_shape(node.input(0))};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ReverseV2, reverse_v2)

}  // namespace mote
