// SQUEEZE: axes of extent one vanish: those listed, or all.
// Source: TensorFlow Lite SQUEEZE.

#include "ops/checks.hpp"
#include "ops/view.hpp"

namespace mote {

namespace {

class Squeeze : public ViewOperator<Squeeze> {
 public:
  static constexpr std::string_view kName = "squeeze";
  std::vector<std::int32_t> axes;

  template <typename V>
  void fields(V& v) {
    v.visit("axes", axes);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::SqueezeOptions>(op);
    if (given != nullptr && given->squeeze_dims() != nullptr)
      axes.assign(given->squeeze_dims()->begin(), given->squeeze_dims()->end());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateSqueezeOptions(to.builder(), to.builder().CreateVector(axes)));
  }

  // Without a list an axis that comes down to one channel would vanish too.
  ChannelFlow channel_flow(const NodeView& node) const override {
    const Shape& in = node.input(0).shape;
    const Shape& out = node.output().shape;
    const bool kept = !axes.empty() && !in.empty() && !out.empty() && in.back() == out.back() && in.back() > 1;
    return kept ? ChannelFlow::kTied : ChannelFlow::kOpaque;
  }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Shape& in = node.input(0).shape;
    std::vector<bool> dropped(in.size(), false);
    for (std::size_t i = 0; i < in.size() && axes.empty(); ++i) dropped[i] = in[i] == 1;
    for (const std::int32_t axis : axes) {
      const auto at = static_cast<std::size_t>(resolve_axis(axis, in.size()));
      if (in[at] != 1) throw Error(fmt::format("axis {} of {} is not 1", axis, to_string(in)));
      dropped[at] = true;
    }
    Shape shape;
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (!dropped[i]) shape.push_back(in[i]);
    }
    return {{node.input(0).type, shape}};
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Squeeze, squeeze)

}  // namespace mote
