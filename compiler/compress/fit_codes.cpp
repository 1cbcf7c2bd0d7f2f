#include "compress/fit_codes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compress/linear.hpp"
#include "support/error.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

/// Share of the mean square of a tap that is added to the diagonal.
constexpr double kRidge = 0.01;

class Fitter {
 public:
  Fitter(const FitProblem& problem, const CodeBook& book)
      : book_(book), taps_(problem.taps), channels_(problem.channels), scales_(problem.scales) {
    double trace = 0;
    for (std::size_t t = 0; t < taps_; ++t) trace += problem.square[t * taps_ + t];
    double ridge = std::max(kRidge * trace / static_cast<double>(taps_), 1e-12);
    while (!decompose(problem, ridge)) {
      ridge *= 10;
      MOTE_CHECK(std::isfinite(ridge));
    }
  }

  std::vector<std::int8_t> fit() {
    std::vector<std::int8_t> codes(channels_ * taps_);
    std::vector<char> zero(channels_ * taps_, 0);
    if (book_.form.zeros > 0) choose_zeros(zero);
    parallel_for(channels_, [&] {
      return [&](std::size_t c) {
        settle(c, &zero[c * taps_], &codes[c * taps_]);
        improve(c, &zero[c * taps_], &codes[c * taps_]);
      };
    });
    return codes;
  }

 private:
  /// False where rounding outweighs a ridge, as in moments around the mean of taps that hardly change.
  bool decompose(const FitProblem& problem, double ridge) {
    square_ = problem.square;
    for (std::size_t t = 0; t < taps_; ++t) square_[t * taps_ + t] += ridge;
    const auto factor = cholesky(square_, taps_);
    if (!factor) return false;
    const std::vector<double> inverse = inverse_of(*factor, taps_);
    const auto lower = cholesky(inverse, taps_);
    if (!lower) return false;
    wanted_ = problem.cross;
    for (std::size_t i = 0; i < wanted_.size(); ++i) wanted_[i] += ridge * static_cast<double>(problem.weights[i]);
    weights_ = wanted_;
    solve_rows(*factor, taps_, weights_);
    amends_.resize(taps_ * taps_);
    for (std::size_t t = 0; t < taps_; ++t) {
      inverse_diagonal_.push_back(inverse[t * taps_ + t]);
      for (std::size_t u = 0; u < taps_; ++u) amends_[t * taps_ + u] = (*lower)[u * taps_ + t];
    }
    return true;
  }

  double scale(std::size_t channel) const { return static_cast<double>(scales_[channel]); }

  /// The weights of all channels whose loss costs least, each alone.
  void choose_zeros(std::vector<char>& zero) const {
    std::vector<double> cost(zero.size());
    for (std::size_t i = 0; i < cost.size(); ++i) cost[i] = weights_[i] * weights_[i] / inverse_diagonal_[i % taps_];
    std::vector<std::size_t> order(zero.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return cost[a] < cost[b]; });
    const auto count = static_cast<std::size_t>(std::ceil(book_.form.zeros * static_cast<double>(zero.size())));
    for (std::size_t i = 0; i < std::min(count, order.size()); ++i) zero[order[i]] = 1;
  }

  /// Of the neighbouring taps from `begin` on, all but those that cost most to lose.
  void choose_zeros_of_run(const std::vector<double>& row, std::size_t begin, char* zero) const {
    const std::size_t end = std::min(taps_, begin + static_cast<std::size_t>(book_.form.of));
    std::vector<std::size_t> order(end - begin);
    std::iota(order.begin(), order.end(), begin);
    const auto cost = [&](std::size_t t) {
      const double part = row[t] / amends_[t * taps_ + t];
      return zero[t] != 0 ? -1.0 : part * part;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return cost(a) > cost(b); });
    for (std::size_t i = static_cast<std::size_t>(book_.form.keep); i < order.size(); ++i) zero[order[i]] = 1;
  }

  void settle(std::size_t c, char* zero, std::int8_t* codes) const {
    std::vector<double> row(weights_.begin() + static_cast<std::ptrdiff_t>(c * taps_),
                            weights_.begin() + static_cast<std::ptrdiff_t>((c + 1) * taps_));
    for (std::size_t t = 0; t < taps_; ++t) {
      if (book_.form.of != 0 && t % static_cast<std::size_t>(book_.form.of) == 0) choose_zeros_of_run(row, t, zero);
      codes[t] = zero[t] != 0 ? std::int8_t{0} : book_.nearest(row[t] / scale(c));
      const double error = (row[t] - scale(c) * codes[t]) / amends_[t * taps_ + t];
      for (std::size_t u = t + 1; u < taps_; ++u) row[u] -= error * amends_[t * taps_ + u];
    }
  }

  /// Descent by single codes on the exact loss.
  void improve(std::size_t c, const char* zero, std::int8_t* codes) const {
    constexpr int kMostSweeps = 25;
    std::vector<double> slope(taps_);  // half the loss's derivative
    for (std::size_t t = 0; t < taps_; ++t) slope[t] = -wanted_[c * taps_ + t];
    const auto add = [&](std::size_t t, double change) {
      const double* row = &square_[t * taps_];
      for (std::size_t u = 0; u < taps_; ++u) slope[u] += change * row[u];
    };
    for (std::size_t t = 0; t < taps_; ++t) {
      if (codes[t] != 0) add(t, scale(c) * codes[t]);
    }
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      bool moved = false;
      for (std::size_t t = 0; t < taps_; ++t) {
        if (zero[t] != 0) continue;
        const std::int8_t code = book_.nearest(codes[t] - slope[t] / square_[t * taps_ + t] / scale(c));
        if (code == codes[t]) continue;
        const double change = scale(c) * (code - codes[t]);
        // Half a step either way is the same: only what lowers the loss counts, or this would not end.
        if (!(change * (2 * slope[t] + change * square_[t * taps_ + t]) < 0)) continue;
        add(t, change);
        codes[t] = code;
        moved = true;
      }
      if (!moved) break;
    }
  }

  const CodeBook& book_;
  std::size_t taps_, channels_;
  const std::vector<float>& scales_;
  std::vector<double> square_, wanted_;
  std::vector<double> weights_;  ///< those with the least error, without codes
  /// [tap][later tap]: how later taps make up for a change when those before are settled; the Cholesky factor of the inverse,
  /// transposed.
  std::vector<double> amends_;
  std::vector<double> inverse_diagonal_;
};

}  // namespace

void FitProblem::add_channel(std::span<const float> row, float scale, const std::vector<double>& both) {
  ++channels;
  scales.push_back(scale);
  weights.insert(weights.end(), row.begin(), row.end());
  std::vector<double> sums(taps, 0.0);
  for (std::size_t t = 0; t < taps; ++t)
    for (std::size_t u = 0; u < taps; ++u) sums[u] += static_cast<double>(row[t]) * both[t * taps + u];
  cross.insert(cross.end(), sums.begin(), sums.end());
}

std::vector<std::int8_t> fit_codes(const FitProblem& problem, const CodeBook& book) { return Fitter(problem, book).fit(); }

}  // namespace mote
