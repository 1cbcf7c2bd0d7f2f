#include "compress/prune/refit_layer.hpp"

#include <algorithm>
#include <cmath>

#include "compress/gram.hpp"
#include "compress/linear.hpp"

namespace mote {

namespace {

struct Rows {
  std::vector<float> inputs, targets;
};

Rows rows_where(const RefitProblem& problem, bool held_back) {
  Rows rows;
  for (std::size_t r = 0; r < problem.held_back.size(); ++r) {
    if (problem.held_back[r] != held_back) continue;
    const float* input = &problem.inputs[r * problem.taps];
    const float* target = &problem.targets[r * problem.outputs];
    rows.inputs.insert(rows.inputs.end(), input, input + problem.taps);
    rows.targets.insert(rows.targets.end(), target, target + problem.outputs);
  }
  return rows;
}

struct Weights {
  std::vector<float> weights, bias;
};

class Fitter {
 public:
  Fitter(const RefitProblem& problem, const Rows& rows)
      : problem_(problem), rows_(rows), gram_(gram_of(rows.inputs, problem.taps)), square_(gram_.centered()) {}

  /// Weights near the problem's own by `ridge` times the mean of the moments' diagonal. `result`: a first idea of them.
  Weights solve(double ridge, int rounds, Weights result) const {
    const std::size_t n = problem_.taps;
    double trace = 0;
    for (std::size_t i = 0; i < n; ++i) trace += square_[i * n + i];
    const double damping = std::max(ridge * trace / static_cast<double>(n), 1e-12);
    std::vector<double> damped = square_;
    for (std::size_t i = 0; i < n; ++i) damped[i * n + i] += damping;
    const auto factor = cholesky(damped, n);
    if (!factor) return result;
    for (int round = 0; round < rounds; ++round) {
      const std::vector<float> wanted = wanted_sums(result);
      const std::vector<double> mean = column_means(wanted, problem_.outputs);
      std::vector<double> right = mean_products(wanted, problem_.outputs, rows_.inputs, n);
      for (std::size_t o = 0; o < problem_.outputs; ++o)
        for (std::size_t t = 0; t < n; ++t)
          right[o * n + t] += damping * static_cast<double>(problem_.weights[o * n + t]) - mean[o] * gram_.mean[t];
      solve_rows(*factor, n, right);
      for (std::size_t o = 0; o < problem_.outputs; ++o) {
        double offset = mean[o];
        for (std::size_t t = 0; t < n; ++t) {
          offset -= right[o * n + t] * gram_.mean[t];
          result.weights[o * n + t] = static_cast<float>(right[o * n + t]);
        }
        result.bias[o] = static_cast<float>(offset);
      }
      if (!clamps()) break;  // targets do not depend on the sums
    }
    return result;
  }

 private:
  bool clamps() const { return std::isfinite(problem_.activation_range.first) || std::isfinite(problem_.activation_range.second); }

  /// The targets; where one is at an end of the activation, whatever is beyond it.
  std::vector<float> wanted_sums(const Weights& now) const {
    std::vector<float> wanted = rows_.targets;
    if (!clamps()) return wanted;
    const auto [lowest, highest] = problem_.activation_range;
    const std::vector<float> sums = row_products(rows_.inputs, problem_.taps, now.weights);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const float sum = sums[i] + now.bias[i % problem_.outputs];
      if (wanted[i] <= lowest) wanted[i] = std::min(sum, lowest);
      if (wanted[i] >= highest) wanted[i] = std::max(sum, highest);
    }
    return wanted;
  }

  const RefitProblem& problem_;
  const Rows& rows_;
  Gram gram_;
  std::vector<double> square_;
};

/// Mean square error after the activation, by the targets' own spread.
double error_of(const RefitProblem& problem, const Rows& rows, const Weights& weights) {
  const std::vector<float> sums = row_products(rows.inputs, problem.taps, weights.weights);
  const std::vector<double> mean = column_means(rows.targets, problem.outputs);
  double noise = 0;
  double spread = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::size_t o = i % problem.outputs;
    const float value = std::clamp(sums[i] + weights.bias[o], problem.activation_range.first, problem.activation_range.second);
    noise += std::pow(static_cast<double>(value) - static_cast<double>(rows.targets[i]), 2);
    spread += std::pow(static_cast<double>(rows.targets[i]) - mean[o], 2);
  }
  return noise / std::max(spread, 1e-30);
}

}  // namespace

RefitResult refit_layer(const RefitProblem& problem) {
  constexpr double kRidges[] = {1.0, 1e-1, 1e-2, 1e-3, 1e-4};
  constexpr int kTryRounds = 3, kRounds = 6;
  const Rows learned = rows_where(problem, false);
  const Rows held_back = rows_where(problem, true);
  Weights best{problem.weights, problem.bias};
  RefitResult fit{best.weights, best.bias, 0, 0};
  if (learned.inputs.empty() || held_back.inputs.empty()) return fit;
  fit.error_before = fit.error_after = error_of(problem, held_back, best);
  const Fitter fitter(problem, learned);
  double best_ridge = 0;
  Weights tried = best;
  for (const double ridge : kRidges) {
    tried = fitter.solve(ridge, kTryRounds, std::move(tried));
    const double error = error_of(problem, held_back, tried);
    if (!(error < fit.error_after)) continue;
    fit.error_after = error;
    best_ridge = ridge;
    best = tried;
  }
  if (best_ridge == 0) return fit;
  const Rows all{problem.inputs, problem.targets};
  best = Fitter(problem, all).solve(best_ridge, kRounds, std::move(best));
  fit.weights = std::move(best.weights);
  fit.bias = std::move(best.bias);
  return fit;
}

}  // namespace mote
