// PACK: equal tensors become slices along a new axis.
// Source: TensorFlow Lite PACK.

#include "ops/checks.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class Pack : public OperatorBase<Pack> {
 public:
  static constexpr std::string_view kName = "pack";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::int32_t axis = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::PackOptions>(op)) axis = given->axis();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreatePackOptions(to.builder(), to.node().input_count(), axis));
  }

  Joined joined(const NodeView& node) const {
    const Shape& part = node.input(0).shape;
    const int at = resolve_axis(axis, part.size() + 1);
    return {elements_before(part, at),
            std::vector<std::int64_t>(static_cast<std::size_t>(node.input_count()), elements_from(part, at))};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 64);
    Shape shape = node.input(0).shape;
    for (int i = 0; i < node.input_count(); ++i) {
      require_same_type(node.input(0), node.input(i));
      if (node.input(i).shape != shape)
        throw Error(fmt::format("inputs {} and {} differ", to_string(shape), to_string(node.input(i).shape)));
    }
    if (element_count(shape) * node.input_count() > INT32_MAX) throw Error("the packed tensor is too large");
    shape.insert(shape.begin() + resolve_axis(axis, shape.size() + 1), node.input_count());
    return {{node.input(0).type, shape}};
  }

  QuantizationRule quantization(const NodeView& node, DataType) const override {
    return QuantizationRule::shared(all_inputs(node));
  }

  void evaluate(const Evaluation& e) const override { joined(e).evaluate_join(e); }
  std::vector<Alias> aliases(const NodeView& node) const override { return joined(node).join_aliases(node); }
};

KernelCall lower(const NodeView& node) { return Pack::of(node).joined(node).lower_join(node); }

const std::vector<Implementation> Pack::kRows = {{.name = "join", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Pack, pack)

}  // namespace mote
