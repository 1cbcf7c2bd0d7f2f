// RUNNING_BASELINE: how far a mean over a short time strays from one over a long time, in spreads of what is usual, for each
// value by itself, learned while it runs (Welford's update with constant gains; Finch, "Incremental calculation of weighted mean
// and variance", 2009). Inputs: values, and states that last. Output: scores, signed; 0 while it warms up.

#include <cmath>

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class RunningBaseline : public OperatorBase<RunningBaseline> {
 public:
  static constexpr std::string_view kName = "running_baseline";
  static const std::vector<Implementation> kRows;

  // Shares of each new value in the short mean, in the long one and in the variance.
  float short_gain = 0.1F, long_gain = 0.001F, spread_gain = 0.001F;
  float most_step = 3;          ///< what strays by more spreads counts as so many
  std::int32_t warm_up = 1000;  ///< values before anything is judged

  template <typename V>
  void fields(V& v) {
    v.visit("short_gain", short_gain);
    v.visit("long_gain", long_gain);
    v.visit("spread_gain", spread_gain);
    v.visit("most_step", most_step);
    v.visit("warm_up", warm_up);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("levels", DataType::kFloat32, {3, n}, true), kept_state("seen", DataType::kInt32, {n}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_own_state(node, 1);
    require_within("short_gain", short_gain, 1e-6, 1);
    require_within("long_gain", long_gain, 1e-6, 1);
    require_within("spread_gain", spread_gain, 1e-6, 1);
    require_within("most_step", most_step, 0.1, 1e6);
    require_within("warm_up", warm_up, 1, 1 << 24);
    return {{DataType::kFloat32, {n}}};
  }

  float most_square() const { return rounded_product(most_step, most_step); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto levels = e.state<float>(1);
    const auto seen = e.state<std::int32_t>(2);
    for (std::size_t i = 0, n = in.size(); i < n; ++i) {
      Level level{levels[i], levels[n + i], levels[2 * n + i], seen[i]};
      e.out<float>()[i] = measured(in.subspan(i, 1)) ? judge(in[i], level) : 0.0F;
      levels[i] = level.mean;
      levels[n + i] = level.short_mean;
      levels[2 * n + i] = level.variance;
      seen[i] = level.seen;
    }
  }

 private:
  struct Level {
    float mean, short_mean, variance;
    std::int32_t seen;
  };

  float judge(float value, Level& level) const {
    if (level.seen == 0) level.mean = level.short_mean = value;
    level.short_mean += rounded_product(value - level.short_mean, short_gain);
    const float stray = level.short_mean - level.mean;
    float square = rounded_product(stray, stray);
    float score = 0, mean_gain = long_gain, variance_gain = spread_gain;
    if (level.seen < warm_up) {
      ++level.seen;
      mean_gain = std::max(mean_gain, 1.0F / static_cast<float>(level.seen));
      variance_gain = std::max(variance_gain, 1.0F / static_cast<float>(level.seen));
    } else if (level.variance > 0) {
      score = stray / std::sqrt(level.variance);
      square = std::min(square, rounded_product(most_square(), level.variance));
    }
    level.mean += rounded_product(value - level.mean, mean_gain);
    level.variance += rounded_product(square - level.variance, variance_gain);
    return score;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = RunningBaseline::of(node);
  KernelCall call("anomaly/running_baseline", "running_baseline");
  call.set("values", node.input(0).elements()).real("short_gain", op.short_gain).real("long_gain", op.long_gain);
  call.real("spread_gain", op.spread_gain).real("most_square", op.most_square()).set("warm_up", op.warm_up);
  return call.value(node, 0, "values").input(1).input(2).output();
}

double cycles(const NodeView& node) { return 90.0 * static_cast<double>(node.input(0).elements()); }

const std::vector<Implementation> RunningBaseline::kRows = {
    {.name = "running_baseline.direct", .cycles = cycles, .lower = lower, .code_bytes = 300}};

}  // namespace

MOTE_DEFINE_OPERATOR(RunningBaseline, running_baseline)

}  // namespace mote
