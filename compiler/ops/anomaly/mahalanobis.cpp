// MAHALANOBIS: how far (squared) a vector lies from a mean, with the covariance as the measure ("On the generalised distance in
// statistics", 1936). Inputs: features [n], mean [n], and the inverse of the covariance's Cholesky factor [n][n], of which what
// stands above the diagonal is not read. Output: the squared distance.

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class Mahalanobis : public OperatorBase<Mahalanobis> {
 public:
  static constexpr std::string_view kName = "mahalanobis";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_inputs(node, 3, 3);
    require_constant_floats(node, 1, {n}, "means");
    require_constant_floats(node, 2, {n, n}, "factors");
    return {{DataType::kFloat32, {1}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(0).elements() * (node.input(0).elements() + 3) / 2; }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), mean = e.in<float>(1), factor = e.in<float>(2);
    float total = 0;
    for (std::size_t i = 0; i < in.size() && measured(in); ++i) {
      float sum = 0;
      for (std::size_t j = 0; j <= i; ++j) sum += rounded_product(factor[i * in.size() + j], in[j] - mean[j]);
      total += rounded_product(sum, sum);
    }
    e.out<float>()[0] = total;
  }
};

KernelCall lower(const NodeView& node) {
  const std::int64_t n = node.input(0).elements();
  std::vector<float> rows;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto row = node.input(2).values<float>().subspan(static_cast<std::size_t>(i * n), static_cast<std::size_t>(i + 1));
    rows.insert(rows.end(), row.begin(), row.end());
  }
  KernelCall call("anomaly/fitted_distances", "mahalanobis");
  call.set("features", n).value(node, 0, "values").constant("mean", node.input(1)).constant("rows", rows);
  return call.scratch(static_cast<std::int64_t>(sizeof(float)) * n).output();
}

double cycles(const NodeView& node) { return 50.0 + 7.0 * static_cast<double>(Mahalanobis::of(node).macs(node)); }

const std::vector<Implementation> Mahalanobis::kRows = {
    {.name = "mahalanobis.direct", .cycles = cycles, .lower = lower, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(Mahalanobis, mahalanobis)

}  // namespace mote
