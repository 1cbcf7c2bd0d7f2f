// UNPACK: slices along an axis, which vanishes.
// Source: TensorFlow Lite UNPACK.

#include "ops/checks.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class Unpack : public OperatorBase<Unpack> {
 public:
  static constexpr std::string_view kName = "unpack";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};
  static const std::vector<Implementation> kRows;

  std::int32_t num = 1, axis = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("num", num);
    v.visit("axis", axis);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::UnpackOptions>(op);
    if (given == nullptr) return;
    num = given->num();
    axis = given->axis();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateUnpackOptions(to.builder(), num, axis));
  }

  Joined joined(const NodeView& node) const {
    const Shape& whole = node.input(0).shape;
    const int at = resolve_axis(axis, whole.size());
    return {elements_before(whole, at), std::vector<std::int64_t>(static_cast<std::size_t>(num), elements_from(whole, at + 1))};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    Shape part = node.input(0).shape;
    const int at = resolve_axis(axis, part.size());
    if (num <= 0 || num != node.output_count() || num != part[static_cast<std::size_t>(at)]) {
      throw Error(fmt::format("{} cannot be unpacked into {} for {} outputs", to_string(part), num, node.output_count()));
    }
    part.erase(part.begin() + at);
    return std::vector<TensorType>(static_cast<std::size_t>(num), {node.input(0).type, part});
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override { joined(e).evaluate_split(e, 0); }
  std::vector<Alias> aliases(const NodeView& node) const override { return joined(node).split_aliases(node, 0); }
};

KernelCall lower(const NodeView& node) { return Unpack::of(node).joined(node).lower_split(node, 0); }

const std::vector<Implementation> Unpack::kRows = {{.name = "split", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Unpack, unpack)

}  // namespace mote
