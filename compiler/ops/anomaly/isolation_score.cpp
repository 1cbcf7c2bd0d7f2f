// ISOLATION_SCORE: 2 to the power of minus `factor` times a sum of path lengths: the anomaly score of an isolation forest (Liu,
// Ting, Zhou, "Isolation forest", 2008) from what TREE_ENSEMBLE sums. `factor`: 1 over the number of trees and the mean path
// length of an unsuccessful search in as many points as a tree was made from.

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class IsolationScore : public OperatorBase<IsolationScore> {
 public:
  static constexpr std::string_view kName = "isolation_score";
  static const std::vector<Implementation> kRows;

  float factor = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("factor", factor);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    if (feature_count(node) != 1) throw Error(fmt::format("'{}' is not one sum", node.input(0).name));
    require_within("factor", factor, 1e-9, 1e9);
    return {{DataType::kFloat32, {1}}};
  }

  void evaluate(const Evaluation& e) const override {
    e.out<float>()[0] = reference_power_of_two(-rounded_product(e.in<float>(0)[0], factor));
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("anomaly/fitted_distances", "isolation_score");
  return call.real("factor", IsolationScore::of(node).factor).value(node, 0, "paths").output();
}

double cycles(const NodeView&) { return 60.0; }

const std::vector<Implementation> IsolationScore::kRows = {
    {.name = "isolation_score.direct", .cycles = cycles, .lower = lower, .code_bytes = 150}};

}  // namespace

MOTE_DEFINE_OPERATOR(IsolationScore, isolation_score)

}  // namespace mote
