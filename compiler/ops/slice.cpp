// SLICE: a box of the input; begin and size are inputs, size -1 reaches to the end.
// Source: TensorFlow Lite SLICE.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class Slice : public RearrangeOperator<Slice> {
 public:
  static constexpr std::string_view kName = "slice";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    const auto begin = node.integers(1, "begin");
    const auto size = node.integers(2, "size");
    if (begin.size() != in.size() || size.size() != in.size()) {
      throw Error(fmt::format("begin and size have {} and {} values for {} dimensions", begin.size(), size.size(), in.size()));
    }
    const auto strides = strides_of(in);
    Rearrangement walk;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int64_t extent = size[i] == -1 ? static_cast<std::int64_t>(in[i]) - begin[i] : size[i];
      if (begin[i] < 0 || extent <= 0 || begin[i] + extent > in[i]) {
        throw Error(fmt::format("slice of {} from {} does not fit axis {} of {}", size[i], begin[i], i, to_string(in)));
      }
      walk.extents.push_back(extent);
      walk.steps.push_back(strides[i]);
      walk.offset += begin[i] * strides[i];
    }
    return walk;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    const Rearrangement walk = rearrangement(node);
    return {{node.input(0).type, Shape(walk.extents.begin(), walk.extents.end())}};
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Slice, slice)

}  // namespace mote
