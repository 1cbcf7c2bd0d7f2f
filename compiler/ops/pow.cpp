// POW with broadcasting: a to the power of b.
// Source: TensorFlow Lite POW.

#include <cmath>

#include "ops/binary.hpp"
#include "ops/elementwise.hpp"

namespace mote {

namespace {

class Pow : public ElementwiseOperator<Pow> {
 public:
  static constexpr std::string_view kName = "pow";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_binary(node, {DataType::kFloat32}); }
  void evaluate(const Evaluation& e) const override {
    evaluate_elements<float>(e, [](float a, float b) { return std::pow(a, b); });
  }
};

KernelCall lower(const NodeView& node) { return pass_operands(describe_binary(node, "pow", Activation::kNone), node); }
double cycles(const NodeView& node) { return 300.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> Pow::kRows = {{.name = "pow.plain", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Pow, pow)

}  // namespace mote
