// TRANSPOSE: axes in the order of the second input.
// Source: TensorFlow Lite TRANSPOSE.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class Transpose : public RearrangeOperator<Transpose> {
 public:
  static constexpr std::string_view kName = "transpose";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};

  static std::vector<std::int32_t> order(const NodeView& node) {
    const std::vector<std::int32_t> axes = node.integers(1, "permutation");
    const std::size_t rank = node.input(0).shape.size();
    std::vector<bool> seen(rank, false);
    std::vector<std::int32_t> result;
    for (const std::int32_t axis : axes) {
      result.push_back(resolve_axis(axis, rank));
      seen[static_cast<std::size_t>(result.back())] = true;
    }
    if (result.size() != rank || std::find(seen.begin(), seen.end(), false) != seen.end()) {
      throw Error(fmt::format("permutation {} does not fit {} dimensions", to_string(axes), rank));
    }
    return result;
  }

  Rearrangement rearrangement(const NodeView& node) const {
    const auto strides = strides_of(node.input(0).shape);
    Rearrangement walk;
    for (const std::int32_t axis : order(node)) {
      walk.extents.push_back(node.input(0).shape[static_cast<std::size_t>(axis)]);
      walk.steps.push_back(strides[static_cast<std::size_t>(axis)]);
    }
    return walk;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    Shape shape;
    for (const std::int32_t axis : order(node)) shape.push_back(node.input(0).shape[static_cast<std::size_t>(axis)]);
    return {{node.input(0).type, shape}};
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Transpose, transpose)

}  // namespace mote
