// LOGICAL_AND with broadcasting: whether both hold.
// Source: TensorFlow Lite LOGICAL_AND.

#include "ops/binary.hpp"

namespace mote {

namespace {

class LogicalAnd : public OperatorBase<LogicalAnd> {
 public:
  static constexpr std::string_view kName = "logical_and";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_binary(node, {DataType::kBool}); }
  void evaluate(const Evaluation& e) const override {
    evaluate_elements<bool>(e, [](bool a, bool b) { return a && b; });
  }
};

KernelCall lower(const NodeView& node) { return pass_operands(describe_binary(node, "logical_and", Activation::kNone), node); }

const std::vector<Implementation> LogicalAnd::kRows = {{.name = "logical_and.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(LogicalAnd, logical_and)

}  // namespace mote
