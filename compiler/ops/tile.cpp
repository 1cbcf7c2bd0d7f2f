// TILE: the input repeated along each axis as often as the second input says.
// Source: TensorFlow Lite TILE.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"
#include "support/checked.hpp"

namespace mote {

namespace {

class Tile : public RearrangeOperator<Tile> {
 public:
  static constexpr std::string_view kName = "tile";

  static std::vector<std::int32_t> repeats(const NodeView& node) {
    const auto repeats = node.integers(1, "repeats");
    if (repeats.size() != node.input(0).shape.size()) {
      throw Error(fmt::format("{} repeats for {} dimensions", repeats.size(), node.input(0).shape.size()));
    }
    for (const std::int32_t each : repeats) {
      if (each <= 0) throw Error(fmt::format("{} repeats are not supported", each));
    }
    return repeats;
  }

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    const auto strides = strides_of(in);
    const auto times = repeats(node);
    Rearrangement walk;
    for (std::size_t i = 0; i < in.size(); ++i) {
      walk.extents.insert(walk.extents.end(), {times[i], in[i]});
      walk.steps.insert(walk.steps.end(), {0, strides[i]});
    }
    return walk;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const auto times = repeats(node);
    Shape shape = node.input(0).shape;
    std::int64_t elements = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      elements = checked_multiply(elements, std::int64_t{shape[i]} * times[i]).value_or(INT64_MAX);
      if (elements > INT32_MAX) throw Error("the repeated tensor is too large");
      shape[i] *= times[i];
    }
    return {{node.input(0).type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Tile, tile)

}  // namespace mote
