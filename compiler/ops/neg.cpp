// NEG: -x, with a change of scale for int8 and int16; int32 and int64 wrap.
// Source: TensorFlow Lite NEG.

#include "ops/curve.hpp"
#include "ops/whole_numbers.hpp"

namespace mote {

namespace {

class Neg : public CurveOperator<Neg> {
 public:
  static constexpr std::string_view kName = "neg";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};
  static const std::vector<Implementation> kRows;

  static float at(float x) { return -x; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    if (!is_whole(node.input(0).type)) return infer_curve(node);
    require_inputs(node, 1, 1);
    require_same_type(node.input(0), node.output());
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt32) return negate<std::int32_t>(e);
    if (e.input(0).type == DataType::kInt64) return negate<std::int64_t>(e);
    evaluate_curve(e, at);
  }

 private:
  template <typename T>
  static void negate(const Evaluation& e) {
    evaluate_unary<T>(e, [](T x) { return wrap_subtract(T{0}, x); });
  }
};

bool has_whole_input(const NodeView& node) { return is_whole(node.input(0).type); }

KernelCall lower_whole(const NodeView& node) { return finish_unary(describe_unary(node, "activation", "negate"), node); }

const std::vector<Implementation> Neg::kRows = {
    kLookupRow,
    kInterpolationRow,
    kFloatRow,
    {.name = "neg.whole", .applies = has_whole_input, .cycles = lookup_cycles, .lower = lower_whole}};

}  // namespace

MOTE_DEFINE_OPERATOR(Neg, neg)

}  // namespace mote
