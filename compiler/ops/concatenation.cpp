// CONCATENATION along one axis. Stored values are copied whatever the scales are, as TensorFlow Lite Micro does.
// Source: TensorFlow Lite CONCATENATION.

#include "ops/checks.hpp"
#include "ops/cut_channels.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class Concatenation : public OperatorBase<Concatenation> {
 public:
  static constexpr std::string_view kName = "concatenation";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::int32_t axis = 0;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::ConcatenationOptions>(op);
    if (given == nullptr) return;
    axis = given->axis();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateConcatenationOptions(to.builder(), axis, write_activation(activation)));
  }

  Joined joined(const NodeView& node) const {
    const int at = resolve_axis(axis, node.input(0).shape.size());
    Joined result{elements_before(node.input(0).shape, at), {}};
    for (int i = 0; i < node.input_count(); ++i) result.sizes.push_back(elements_from(node.input(i).shape, at));
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 64);
    if (activation != Activation::kNone) throw Error("a fused activation is not supported");
    Shape shape = node.input(0).shape;
    const auto at = static_cast<std::size_t>(resolve_axis(axis, shape.size()));
    std::int64_t extent = 0;
    for (int i = 0; i < node.input_count(); ++i) {
      require_same_type(node.input(0), node.input(i));
      Shape other = node.input(i).shape;
      if (other.size() == shape.size()) {
        extent += other[at];
        other[at] = shape[at];
      }
      if (other != shape) {
        throw Error(
            fmt::format("inputs {} and {} cannot be joined along axis {}", to_string(shape), to_string(node.input(i).shape), at));
      }
    }
    if (extent > INT32_MAX) throw Error("the joined tensor is too large");
    shape[at] = static_cast<std::int32_t>(extent);
    return {{node.input(0).type, shape}};
  }

  bool joins_channels(const NodeView& node) const {
    const std::size_t rank = node.input(0).shape.size();
    return static_cast<std::size_t>(resolve_axis(axis, rank)) + 1 == rank;
  }
  ChannelFlow channel_flow(const NodeView& node) const override {
    return joins_channels(node) ? ChannelFlow::kJoined : ChannelFlow::kTied;
  }
  void keep_channels(Graph& graph, Node& node, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>& keep_outputs) const override {
    if (!joins_channels(NodeView(graph, node))) return keep_operand_channels(graph, node, keep_outputs);
    auto begin = keep_outputs.begin();
    for (TensorId& id : node.inputs) {
      const auto end = begin + graph.tensor(id).shape.back();
      if (graph.tensor(id).is_constant()) id = keep_positions(graph, id, {begin, end});
      begin = end;
    }
  }

  QuantizationRule quantization(const NodeView& node, DataType) const override {
    return QuantizationRule::shared(all_inputs(node));
  }

  void evaluate(const Evaluation& e) const override { joined(e).evaluate_join(e); }
  std::vector<Alias> aliases(const NodeView& node) const override { return joined(node).join_aliases(node); }
};

KernelCall lower(const NodeView& node) { return Concatenation::of(node).joined(node).lower_join(node); }

const std::vector<Implementation> Concatenation::kRows = {{.name = "join", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Concatenation, concatenation)

}  // namespace mote
