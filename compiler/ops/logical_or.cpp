// LOGICAL_OR with broadcasting: whether one or both hold.
// Source: TensorFlow Lite LOGICAL_OR.

#include "ops/binary.hpp"

namespace mote {

namespace {

class LogicalOr : public OperatorBase<LogicalOr> {
 public:
  static constexpr std::string_view kName = "logical_or";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_binary(node, {DataType::kBool}); }
  void evaluate(const Evaluation& e) const override {
    evaluate_elements<bool>(e, [](bool a, bool b) { return a || b; });
  }
};

KernelCall lower(const NodeView& node) { return pass_operands(describe_binary(node, "logical_or", Activation::kNone), node); }

const std::vector<Implementation> LogicalOr::kRows = {{.name = "logical_or.plain", .cycles = binary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(LogicalOr, logical_or)

}  // namespace mote
