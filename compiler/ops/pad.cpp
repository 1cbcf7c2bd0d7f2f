// PAD: borders of real 0, that is of the output's zero point.
// Source: TensorFlow Lite PAD.

#include <cstring>

#include "ops/padded.hpp"

namespace mote {

namespace {

class Pad : public OperatorBase<Pad> {
 public:
  static constexpr std::string_view kName = "pad";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  static std::int32_t zero(const NodeView& node) { return is_float(node.output().type) ? 0 : node.output().zero_point(); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32});
    return infer_padded(node);
  }

  ChannelFlow channel_flow(const NodeView& node) const override {
    return node.input(0).shape.back() == node.output().shape.back() ? ChannelFlow::kTied : ChannelFlow::kOpaque;
  }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::shared({0}).with_channel_scales();
  }

  // The low bytes of an integer come first, and 0 is 0.0F as well.
  void evaluate(const Evaluation& e) const override {
    const std::int32_t value = zero(e);
    evaluate_padded(e, reinterpret_cast<const std::uint8_t*>(&value));
  }
};

KernelCall lower(const NodeView& node) {
  const std::int32_t value = Pad::zero(node);
  return lower_padded(node, reinterpret_cast<const std::uint8_t*>(&value));
}

const std::vector<Implementation> Pad::kRows = {{.name = "pad.plain", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Pad, pad)

}  // namespace mote
