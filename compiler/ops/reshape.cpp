// RESHAPE: the same bytes under another shape, which comes from the second input or from the options.
// Source: TensorFlow Lite RESHAPE.

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/view.hpp"

namespace mote {

namespace {

class Reshape : public ViewOperator<Reshape> {
 public:
  static constexpr std::string_view kName = "reshape";
  std::vector<std::int32_t> new_shape;

  template <typename V>
  void fields(V& v) {
    v.visit("new_shape", new_shape);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::ReshapeOptions>(op);
    if (given != nullptr && given->new_shape() != nullptr)
      new_shape.assign(given->new_shape()->begin(), given->new_shape()->end());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateReshapeOptions(to.builder(), to.builder().CreateVector(new_shape)));
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 2);
    std::vector<std::int32_t> wanted = node.has_input(1) ? node.integers(1, "new shape") : new_shape;
    // Some converters write a scalar's shape as [0].
    if (wanted.size() == 1 && wanted[0] == 0) wanted.clear();
    const Tensor& in = node.input(0);
    std::int64_t known = 1;
    std::size_t open = wanted.size();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] == -1 && open == wanted.size()) {
        open = i;
      } else if (wanted[i] <= 0) {
        throw Error(fmt::format("new shape {} is not valid", to_string(wanted)));
      } else {
        known = std::min<std::int64_t>(known * wanted[i], std::int64_t{1} << 31);
      }
    }
    if (open < wanted.size()) {
      wanted[open] = static_cast<std::int32_t>(in.elements() / known);
      known *= wanted[open];
    }
    if (known != in.elements()) {
      throw Error(fmt::format("{} with {} elements cannot become {}", to_string(in.shape), in.elements(), to_string(wanted)));
    }
    return {{in.type, wanted}};
  }

  // Channels stay channels when the innermost extent does; pixels and channels may become one axis, or the other way round.
  ChannelFlow channel_flow(const NodeView& node) const override {
    const Shape& in = node.input(0).shape;
    const Shape& out = node.output().shape;
    if (in.empty() || out.empty() || in.back() == 0 || out.back() == 0) return ChannelFlow::kOpaque;
    if (in.back() == out.back()) return ChannelFlow::kCoupled;
    return in.back() % out.back() == 0 || out.back() % in.back() == 0 ? ChannelFlow::kFolded : ChannelFlow::kOpaque;
  }
  Ranges output_ranges(const NodeView&, const Ranges& in) const override { return in; }
  void keep_channels(Graph& graph, Node& node, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>& keep_outputs) const override {
    auto changed = std::make_unique<Reshape>(*this);
    changed->new_shape = graph.tensor(node.outputs[0]).shape;
    changed->new_shape.back() = static_cast<std::int32_t>(std::count(keep_outputs.begin(), keep_outputs.end(), true));
    node.op = std::move(changed);
    node.inputs.resize(1);
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Reshape, reshape)

}  // namespace mote
