// SPLIT: equal parts along an axis, which is the first input.
// Source: TensorFlow Lite SPLIT.

#include "ops/checks.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class Split : public OperatorBase<Split> {
 public:
  static constexpr std::string_view kName = "split";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;
  static constexpr int kWhole = 1;

  std::int32_t num_splits = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("num_splits", num_splits);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::SplitOptions>(op)) num_splits = given->num_splits();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateSplitOptions(to.builder(), num_splits));
  }

  static int axis(const NodeView& node) {
    const auto values = node.integers(0, "axis");
    if (values.size() != 1) throw Error(fmt::format("the axis has {} values", values.size()));
    return resolve_axis(values[0], node.input(kWhole).shape.size());
  }

  Joined joined(const NodeView& node) const {
    const Shape& whole = node.input(kWhole).shape;
    return {elements_before(whole, axis(node)),
            std::vector<std::int64_t>(static_cast<std::size_t>(num_splits), elements_from(whole, axis(node)) / num_splits)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    Shape part = node.input(kWhole).shape;
    std::int32_t& extent = part[static_cast<std::size_t>(axis(node))];
    if (num_splits <= 0 || num_splits != node.output_count() || extent % num_splits != 0) {
      throw Error(fmt::format("{} cannot be split into {} parts for {} outputs", extent, num_splits, node.output_count()));
    }
    extent /= num_splits;
    return std::vector<TensorType>(static_cast<std::size_t>(num_splits), {node.input(kWhole).type, part});
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({kWhole}); }

  void evaluate(const Evaluation& e) const override { joined(e).evaluate_split(e, kWhole); }
  std::vector<Alias> aliases(const NodeView& node) const override { return joined(node).split_aliases(node, kWhole); }
};

KernelCall lower(const NodeView& node) { return Split::of(node).joined(node).lower_split(node, Split::kWhole); }

const std::vector<Implementation> Split::kRows = {{.name = "split", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Split, split)

}  // namespace mote
