// RECONSTRUCTION_ERROR: the mean squared difference of a vector and what an autoencoder makes of it. Inputs: both, of as many
// values.

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"

namespace mote {

namespace {

class ReconstructionError : public OperatorBase<ReconstructionError> {
 public:
  static constexpr std::string_view kName = "reconstruction_error";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const std::int32_t n = feature_count(node), rebuilt = feature_count(node, 1);
    if (n != rebuilt)
      throw Error(fmt::format("'{}' has {} values, '{}' has {}", node.input(0).name, n, node.input(1).name, rebuilt));
    return {{DataType::kFloat32, {1}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(0).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto a = e.in<float>(0), b = e.in<float>(1);
    e.out<float>()[0] = measured(a) && measured(b) ? squared_difference_sum(a, b) / static_cast<float>(a.size()) : 0.0F;
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("anomaly/fitted_distances", "reconstruction_error");
  return call.set("features", node.input(0).elements()).value(node, 0, "values").value(node, 1, "rebuilt").output();
}

double cycles(const NodeView& node) { return 40.0 + 14.0 * static_cast<double>(node.input(0).elements()); }

const std::vector<Implementation> ReconstructionError::kRows = {
    {.name = "reconstruction_error.direct", .cycles = cycles, .lower = lower, .code_bytes = 120}};

}  // namespace

MOTE_DEFINE_OPERATOR(ReconstructionError, reconstruction_error)

}  // namespace mote
