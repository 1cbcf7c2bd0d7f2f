// GAUSSIAN_MIXTURE: minus the logarithm of the density of a mixture of normal distributions. Inputs: features [n], means [k][n],
// factors W [k][n] (of diagonal covariances: 1 over the spreads) or [k][n (n + 1) / 2] (the inverses of the covariances' Cholesky
// factors, row by row up to the diagonal), offsets [k]: offset - |W (x - mean)|^2 / 2 is the logarithm of a component's weight
// times its density.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class GaussianMixture : public OperatorBase<GaussianMixture> {
 public:
  static constexpr std::string_view kName = "gaussian_mixture";
  static const std::vector<Implementation> kRows;

  static bool is_diagonal(const NodeView& node) { return node.input(2).shape.back() == node.input(0).elements(); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_inputs(node, 4, 4);
    for (const int i : {1, 2}) {
      require_rank(node.input(i), 2, 2);
      require_elements(node.input(i));
    }
    const std::int32_t components = node.input(1).shape[0];
    require_constant_floats(node, 1, {components, n}, "means");
    require_constant_floats(node, 2, {components, is_diagonal(node) ? n : n * (n + 1) / 2}, "factors");
    require_constant_floats(node, 3, {components}, "offsets");
    return {{DataType::kFloat32, {1}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(1).elements() + node.input(2).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), offsets = e.in<float>(3);
    float& score = e.out<float>()[0];
    score = 0;
    if (!measured(in)) return;
    std::vector<float> logarithms;
    for (std::size_t c = 0; c < offsets.size(); ++c) {
      logarithms.push_back(std::max(offsets[c] - rounded_product(0.5F, square(e, c)), -1e30F));
    }
    const float largest = *std::max_element(logarithms.begin(), logarithms.end());
    float sum = 0;
    for (const float logarithm : logarithms) sum += reference_exp(logarithm - largest);
    score = -(largest + reference_log(sum));
  }

 private:
  static float square(const Evaluation& e, std::size_t component) {
    const auto in = e.in<float>(0);
    const auto mean = e.in<float>(1).subspan(component * in.size(), in.size());
    const std::size_t width = static_cast<std::size_t>(e.input(2).shape[1]);
    const auto factor = e.in<float>(2).subspan(component * width, width);
    float total = 0;
    for (std::size_t i = 0, at = 0; i < in.size(); ++i) {
      float whitened = 0;
      if (is_diagonal(e)) {
        whitened = rounded_product(in[i] - mean[i], factor[i]);
      } else {
        for (std::size_t j = 0; j <= i; ++j) whitened += rounded_product(factor[at++], in[j] - mean[j]);
      }
      total += rounded_product(whitened, whitened);
    }
    return total;
  }
};

KernelCall lower(const NodeView& node) {
  const std::int64_t n = node.input(0).elements(), components = node.input(1).shape[0];
  KernelCall call("anomaly/fitted_distances", "gaussian_mixture");
  call.set("features", n).set("components", components).flag("diagonal", GaussianMixture::is_diagonal(node));
  call.value(node, 0, "values")
      .constant("means", node.input(1))
      .constant("factors", node.input(2))
      .constant("offsets", node.input(3));
  return call.scratch(static_cast<std::int64_t>(sizeof(float)) * (components + n)).output();
}

double cycles(const NodeView& node) {
  return 100.0 + 150.0 * static_cast<double>(node.input(1).shape[0]) +
         7.0 * static_cast<double>(GaussianMixture::of(node).macs(node));
}

const std::vector<Implementation> GaussianMixture::kRows = {
    {.name = "gaussian_mixture.direct", .cycles = cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(GaussianMixture, gaussian_mixture)

}  // namespace mote
