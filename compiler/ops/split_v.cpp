// SPLIT_V: parts of given sizes (second input) along an axis (third input); one size may be -1, the rest.
// Source: TensorFlow Lite SPLIT_V.

#include "ops/checks.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class SplitV : public OperatorBase<SplitV> {
 public:
  static constexpr std::string_view kName = "split_v";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;
  static constexpr int kWhole = 0;

  std::int32_t num_splits = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("num_splits", num_splits);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::SplitVOptions>(op)) num_splits = given->num_splits();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateSplitVOptions(to.builder(), num_splits));
  }

  static int axis(const NodeView& node) {
    const auto values = node.integers(2, "axis");
    if (values.size() != 1) throw Error(fmt::format("the axis has {} values", values.size()));
    return resolve_axis(values[0], node.input(kWhole).shape.size());
  }

  /// Extents of the parts along the axis, -1 resolved.
  static std::vector<std::int32_t> extents(const NodeView& node) {
    std::vector<std::int32_t> sizes = node.integers(1, "sizes");
    const std::int64_t whole = node.input(kWhole).shape[static_cast<std::size_t>(axis(node))];
    std::int64_t sum = 0;
    std::size_t open = sizes.size();
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] == -1 && open == sizes.size()) {
        open = i;
      } else {
        sum += sizes[i];
      }
    }
    if (open < sizes.size()) sizes[open] = static_cast<std::int32_t>(whole - sum);
    const bool positive = std::all_of(sizes.begin(), sizes.end(), [](std::int32_t size) { return size > 0; });
    if (!positive || (open == sizes.size() && sum != whole))
      throw Error(fmt::format("sizes {} do not add up to {}", to_string(sizes), whole));
    return sizes;
  }

  Joined joined(const NodeView& node) const {
    const Shape& whole = node.input(kWhole).shape;
    Joined result{elements_before(whole, axis(node)), {}};
    const std::int64_t inner = elements_from(whole, axis(node) + 1);
    for (const std::int32_t extent : extents(node)) result.sizes.push_back(extent * inner);
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    std::vector<TensorType> result;
    for (const std::int32_t extent : extents(node)) {
      result.push_back({node.input(kWhole).type, node.input(kWhole).shape});
      result.back().shape[static_cast<std::size_t>(axis(node))] = extent;
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({kWhole}); }

  void evaluate(const Evaluation& e) const override { joined(e).evaluate_split(e, kWhole); }
  std::vector<Alias> aliases(const NodeView& node) const override { return joined(node).split_aliases(node, kWhole); }
};

KernelCall lower(const NodeView& node) { return SplitV::of(node).joined(node).lower_split(node, SplitV::kWhole); }

const std::vector<Implementation> SplitV::kRows = {{.name = "split", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(SplitV, split_v)

}  // namespace mote
