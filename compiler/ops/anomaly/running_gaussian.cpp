// RUNNING_GAUSSIAN: how far a vector lies from what is normal, by the mean and covariance of what has come, which are forgotten
// exponentially: the squared distance of Mahalanobis ("On the generalised distance in statistics", 1936). Inputs: features, and
// states that last. Output: the distance, 0 while it warms up.

#include <cmath>

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class RunningGaussian : public OperatorBase<RunningGaussian> {
 public:
  static constexpr std::string_view kName = "running_gaussian";
  static const std::vector<Implementation> kRows;

  float gain = 0.001F;          ///< share of each new vector
  float most_distance = 16;     ///< squared; what lies further is moved towards the mean before it is learned
  float ridge = 1e-4F;          ///< share of the mean variance that is added to each feature's
  std::int32_t warm_up = 1000;  ///< vectors before anything is judged

  template <typename V>
  void fields(V& v) {
    v.visit("gain", gain);
    v.visit("most_distance", most_distance);
    v.visit("ridge", ridge);
    v.visit("warm_up", warm_up);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("mean", DataType::kFloat32, {n}, true),
            kept_state("covariance", DataType::kFloat32, {n * (n + 1) / 2}, true),
            kept_state("seen", DataType::kInt32, {1}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    if (n > kMostFeatures)
      throw Error(fmt::format("{} features have too large a covariance; {} are supported", n, kMostFeatures));
    require_own_state(node, 1);
    require_within("gain", gain, 1e-6, 1);
    require_within("most_distance", most_distance, 1e-3, 1e9);
    require_within("ridge", ridge, 0, 1);
    require_within("warm_up", warm_up, 2.0 * n, 1 << 24);
    return {{DataType::kFloat32, {1}}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto mean = e.state<float>(1), covariance = e.state<float>(2);
    std::int32_t& seen = e.state<std::int32_t>(3)[0];
    float& score = e.out<float>()[0];
    score = 0;
    if (!measured(in)) return;
    std::vector<float> stray(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) stray[i] = in[i] - mean[i];
    float used_gain = gain;
    if (seen < warm_up) {
      ++seen;
      used_gain = std::max(gain, 1.0F / static_cast<float>(seen));
    } else {
      score = distance(covariance, stray);
      const float shrink = score > most_distance ? std::sqrt(most_distance / score) : 1.0F;
      for (float& value : stray) value = rounded_product(value, shrink);
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float part = rounded_product(used_gain, stray[i]);
      mean[i] += part;
      for (std::size_t j = 0; j <= i; ++j, ++at) {
        covariance[at] = rounded_product(1.0F - used_gain, covariance[at] + rounded_product(part, stray[j]));
      }
    }
  }

 private:
  static constexpr std::int32_t kMostFeatures = 512;

  float distance(std::span<const float> covariance, const std::vector<float>& stray) const {
    const std::size_t n = stray.size();
    const auto at = [&](std::size_t i, std::size_t j) { return covariance[i * (i + 1) / 2 + j]; };
    float trace = 0;
    for (std::size_t i = 0; i < n; ++i) trace += at(i, i);
    const float added = std::max(rounded_product(ridge, trace) / static_cast<float>(n), 1e-30F);
    std::vector<std::vector<float>> factor(n, std::vector<float>(n));
    std::vector<float> solved(n);
    float sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        float value = at(i, j) + (i == j ? added : 0.0F);
        for (std::size_t k = 0; k < j; ++k) value -= rounded_product(factor[i][k], factor[j][k]);
        factor[i][j] = i == j ? std::sqrt(std::max(value, added)) : value / factor[j][j];
      }
      float rest = stray[i];
      for (std::size_t j = 0; j < i; ++j) rest -= rounded_product(factor[i][j], solved[j]);
      solved[i] = rest / factor[i][i];
      sum += rounded_product(solved[i], solved[i]);
    }
    return sum;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = RunningGaussian::of(node);
  const std::int64_t n = node.input(0).elements();
  KernelCall call("anomaly/running_gaussian", "running_gaussian");
  call.set("features", n).real("gain", op.gain).real("most_distance", op.most_distance).real("ridge", op.ridge);
  call.set("warm_up", op.warm_up).value(node, 0, "values").input(1).input(2).input(3);
  return call.scratch(static_cast<std::int64_t>(sizeof(float)) * (n * (n + 1) / 2 + 2 * n)).output();
}

double cycles(const NodeView& node) {
  const auto n = static_cast<double>(node.input(0).elements());
  return 100.0 + 30.0 * n * n + 2.0 * n * n * n;
}

const std::vector<Implementation> RunningGaussian::kRows = {
    {.name = "running_gaussian.cholesky", .cycles = cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(RunningGaussian, running_gaussian)

}  // namespace mote
