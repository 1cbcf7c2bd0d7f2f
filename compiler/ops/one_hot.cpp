// ONE_HOT: along a new axis of `depth` places, the on value where an index points, the off value elsewhere. An index that is out
// of range points nowhere. Source: TensorFlow Lite ONE_HOT.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class OneHot : public OperatorBase<OneHot> {
 public:
  static constexpr std::string_view kName = "one_hot";
  static const std::vector<Implementation> kRows;

  std::int32_t axis = -1;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::OneHotOptions>(op)) axis = given->axis();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateOneHotOptions(to.builder(), axis)); }

  int place(const NodeView& node) const { return resolve_axis(axis, node.input(0).shape.size() + 1); }
  static std::int32_t depth(const NodeView& node) {
    const auto given = node.integers(1, "depth");
    if (given.size() != 1 || given[0] <= 0) throw Error(fmt::format("depth {} is not a positive number", to_string(given)));
    return given[0];
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 4, 4);
    require_type(node.input(0), {DataType::kInt32, DataType::kInt64});
    for (int i = 2; i < 4; ++i) {
      require_same_type(node.input(i), node.output());
      if (!node.output().quantization.empty()) require_same_quantization(node.input(i), node.output());
      if (node.input(i).elements() != 1) throw Error(fmt::format("tensor '{}' must hold one value", node.input(i).name));
    }
    Shape shape = node.input(0).shape;
    shape.insert(shape.begin() + place(node), depth(node));
    return {{node.output().type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({2, 3}); }

  void evaluate(const Evaluation& e) const override {
    const std::size_t size = type_bytes(e.output().type);
    const std::int64_t inner = elements_from(e.input(0).shape, place(e));
    const std::int64_t places = depth(e);
    for (std::int64_t n = 0; n < e.output().elements(); ++n) {
      const auto from = static_cast<std::size_t>(n / (places * inner) * inner + n % inner);
      const std::int64_t index =
          e.input(0).type == DataType::kInt64 ? e.in<std::int64_t>(0)[from] : std::int64_t{e.in<std::int32_t>(0)[from]};
      const bool on = index == n / inner % places;
      std::memcpy(e.out_bytes() + static_cast<std::size_t>(n) * size, e.in_bytes(on ? 2 : 3), size);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const int place = OneHot::of(node).place(node);
  KernelCall call("gather", "one_hot");
  call.type("Value", node.output().type).type("Index", node.input(0).type);
  call.set("outer", elements_before(node.input(0).shape, place)).set("depth", OneHot::depth(node));
  call.set("inner", elements_from(node.input(0).shape, place));
  return call.value(node, 0, "indices").value(node, 2, "on").value(node, 3, "off").output();
}

double cycles(const NodeView& node) { return 6.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> OneHot::kRows = {{.name = "one_hot.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(OneHot, one_hot)

}  // namespace mote
