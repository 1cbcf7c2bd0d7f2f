#include "compress/prune/elimination.hpp"

#include <algorithm>
#include <limits>

#include "compress/linear.hpp"
#include "support/error.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

constexpr double kRidge = 1e-4;

/// One reader while units go.
class Shrinking {
 public:
  explicit Shrinking(const Reader& reader)
      : reader_(reader), n_(reader.gram.taps), weights_(reader.weights.begin(), reader.weights.end()) {
    std::vector<double> square = reader.gram.centered();
    for (std::size_t o = 0; o < reader.outputs; ++o)
      for (std::size_t i = 0; i < n_; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < n_; ++j) sum += square[i * n_ + j] * weights_[o * n_ + j];
        spread_ += sum * weights_[o * n_ + i];
      }
    spread_ = std::max(spread_, 1e-30);
    add_ridge(square, n_, kRidge);
    const auto factor = cholesky(square, n_);
    MOTE_CHECK(factor.has_value());
    inverse_ = inverse_of(*factor, n_);
  }

  /// What the sums would lose without a unit, by their spread.
  double loss(std::size_t unit) const {
    const auto& columns = reader_.columns[unit];
    if (columns.empty()) return 0;
    double sum = 0;
    const std::vector<double> solved = solved_weights(columns);
    for (std::size_t o = 0; o < reader_.outputs; ++o)
      for (std::size_t k = 0; k < columns.size(); ++k) sum += solved[o * columns.size() + k] * weights_[o * n_ + columns[k]];
    return sum / spread_;
  }

  void remove(std::size_t unit) {
    const auto& columns = reader_.columns[unit];
    const std::size_t k = columns.size();
    if (k == 0) return;
    std::vector<double> rows(k * n_);  // of the inverse
    for (std::size_t i = 0; i < k; ++i)
      std::copy_n(inverse_.begin() + static_cast<std::ptrdiff_t>(columns[i] * n_), n_, rows.begin() + static_cast<std::ptrdiff_t>(i * n_));
    const std::vector<double> solved = solved_weights(columns);
    subtract_products(solved, reader_.outputs, rows, k, weights_);
    std::vector<double> beside(n_ * k);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t j = 0; j < k; ++j) beside[i * k + j] = inverse_[i * n_ + columns[j]];
    solve_rows(block_factor(columns), k, beside);
    subtract_products(beside, n_, rows, k, inverse_);
    for (const std::size_t c : columns) {
      for (std::size_t i = 0; i < n_; ++i) inverse_[c * n_ + i] = inverse_[i * n_ + c] = 0;
      for (std::size_t o = 0; o < reader_.outputs; ++o) weights_[o * n_ + c] = 0;
    }
  }

  EliminationStep::Changed changed() const {
    EliminationStep::Changed result{std::vector<float>(weights_.size()), std::vector<float>(reader_.outputs, 0.0F)};
    for (std::size_t o = 0; o < reader_.outputs; ++o) {
      double missing = 0;
      for (std::size_t i = 0; i < n_; ++i) {
        const std::size_t at = o * n_ + i;
        result.weights[at] = static_cast<float>(weights_[at]);
        missing += (static_cast<double>(reader_.weights[at]) - weights_[at]) * reader_.gram.mean[i];
      }
      result.bias_change[o] = static_cast<float>(missing);
    }
    return result;
  }

 private:
  std::vector<double> block_factor(const std::vector<std::size_t>& columns) const {
    const std::size_t k = columns.size();
    std::vector<double> block(k * k);
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) block[i * k + j] = inverse_[columns[i] * n_ + columns[j]];
    for (double share = 0;; share = std::max(share * 100, 1e-12)) {
      std::vector<double> raised = block;
      if (share > 0) add_ridge(raised, k, share);
      if (auto factor = cholesky(raised, k)) return *std::move(factor);
      MOTE_CHECK(share < 1);
    }
  }

  /// [output][column]: the columns' weights times the inverse of their block of the inverse.
  std::vector<double> solved_weights(const std::vector<std::size_t>& columns) const {
    const std::size_t k = columns.size();
    std::vector<double> result(reader_.outputs * k);
    for (std::size_t o = 0; o < reader_.outputs; ++o)
      for (std::size_t i = 0; i < k; ++i) result[o * k + i] = weights_[o * n_ + columns[i]];
    solve_each(block_factor(columns), k, result);
    return result;
  }

  /// On this thread: `loss` runs on many.
  static void solve_each(const std::vector<double>& factor, std::size_t k, std::vector<double>& right) {
    for (std::size_t row = 0; row < right.size() / k; ++row) solve_row(factor, k, &right[row * k]);
  }

  /// `from` [count][n] -= `left` [count][k] times `rows` [k][n].
  void subtract_products(const std::vector<double>& left, std::size_t count, const std::vector<double>& rows, std::size_t k,
                         std::vector<double>& from) const {
    parallel_for(count, [&] {
      return [&](std::size_t r) {
        double* to = &from[r * n_];
        for (std::size_t i = 0; i < k; ++i) {
          const double factor = left[r * k + i];
          if (factor == 0) continue;
          const double* row = &rows[i * n_];
          for (std::size_t j = 0; j < n_; ++j) to[j] -= factor * row[j];
        }
      };
    });
  }

  const Reader& reader_;
  std::size_t n_;
  double spread_ = 0;
  std::vector<double> weights_, inverse_;
};

}  // namespace

Elimination eliminate(const std::vector<Reader>& readers, std::size_t units, const std::vector<std::size_t>& counts) {
  std::vector<Shrinking> shrinking;
  for (const Reader& reader : readers) shrinking.emplace_back(reader);
  Elimination result{{}, {0.0}, {}};
  std::vector<bool> gone(units, false);
  auto next = counts.begin();
  for (std::size_t removed = 1; removed < units && next != counts.end(); ++removed) {
    std::vector<double> losses(units, std::numeric_limits<double>::infinity());
    parallel_for(units, [&] {
      return [&](std::size_t u) {
        if (gone[u]) return;
        losses[u] = 0;
        for (const Shrinking& reader : shrinking) losses[u] += reader.loss(u);
      };
    });
    const auto least = static_cast<std::size_t>(std::min_element(losses.begin(), losses.end()) - losses.begin());
    gone[least] = true;
    for (Shrinking& reader : shrinking) reader.remove(least);
    result.order.push_back(least);
    result.error.push_back(result.error.back() + losses[least]);
    if (*next != removed) continue;
    EliminationStep step{removed, {}};
    for (const Shrinking& reader : shrinking) step.readers.push_back(reader.changed());
    result.steps.push_back(std::move(step));
    ++next;
  }
  return result;
}

}  // namespace mote
