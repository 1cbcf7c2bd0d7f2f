// DEPTH_TO_SPACE: channels become blocks of pixels, row by row.
// Source: TensorFlow Lite DEPTH_TO_SPACE.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class DepthToSpace : public RearrangeOperator<DepthToSpace> {
 public:
  static constexpr std::string_view kName = "depth_to_space";

  std::int32_t block_size = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("block_size", block_size);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::DepthToSpaceOptions>(op)) block_size = given->block_size();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateDepthToSpaceOptions(to.builder(), block_size)); }

  Shape shape(const NodeView& node) const {
    require_rank(node.input(0), 4, 4);
    const Shape& in = node.input(0).shape;
    if (block_size <= 0 || block_size > 256) throw Error(fmt::format("blocks of {} are not supported", block_size));
    if (in[3] % (block_size * block_size) != 0) {
      throw Error(fmt::format("{} channels do not fill blocks of {}x{}", in[3], block_size, block_size));
    }
    return {in[0], in[1] * block_size, in[2] * block_size, in[3] / (block_size * block_size)};
  }

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    const Shape out = shape(node);
    const std::int64_t row = std::int64_t{in[2]} * in[3];
    const std::int64_t block = block_size;
    return {{in[0], in[1], block, in[2], block, out[3]}, {in[1] * row, row, block * out[3], in[3], out[3], 1}};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    return {{node.input(0).type, shape(node)}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(DepthToSpace, depth_to_space)

}  // namespace mote
