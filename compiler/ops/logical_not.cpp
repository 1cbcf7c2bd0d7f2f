// LOGICAL_NOT: true where the input is false.
// Source: TensorFlow Lite LOGICAL_NOT.

#include "ops/unary.hpp"

namespace mote {

namespace {

class LogicalNot : public OperatorBase<LogicalNot> {
 public:
  static constexpr std::string_view kName = "logical_not";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.input(0), {DataType::kBool});
    require_same_type(node.input(0), node.output());
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    evaluate_unary<bool>(e, [](bool x) { return !x; });
  }
};

KernelCall lower(const NodeView& node) { return finish_unary(describe_unary(node, "activation", "logical_not"), node); }

const std::vector<Implementation> LogicalNot::kRows = {{.name = "logical_not.plain", .cycles = lookup_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(LogicalNot, logical_not)

}  // namespace mote
