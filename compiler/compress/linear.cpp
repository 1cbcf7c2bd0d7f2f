#include "compress/linear.hpp"

#include <algorithm>
#include <cmath>

#include "support/parallel.hpp"

namespace mote {

namespace {

/// Sums in eight strands, which vectorizes and always adds in one order.
double dot(const double* a, const double* b, std::size_t n) {
  constexpr std::size_t kStrands = 8;
  double sums[kStrands] = {};
  std::size_t i = 0;
  for (; i + kStrands <= n; i += kStrands)
    for (std::size_t s = 0; s < kStrands; ++s) sums[s] += a[i + s] * b[i + s];
  for (; i < n; ++i) sums[0] += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// x with L x = x.
void forward(const std::vector<double>& factor, std::size_t n, double* x) {
  for (std::size_t i = 0; i < n; ++i) x[i] = (x[i] - dot(&factor[i * n], x, i)) / factor[i * n + i];
}

/// x with L' x = x.
void backward(const std::vector<double>& factor, std::size_t n, double* x) {
  for (std::size_t i = n; i-- > 0;) {
    x[i] /= factor[i * n + i];
    for (std::size_t j = 0; j < i; ++j) x[j] -= x[i] * factor[i * n + j];
  }
}

}  // namespace

std::optional<std::vector<double>> cholesky(const std::vector<double>& matrix, std::size_t n) {
  std::vector<double> factor(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j)
      factor[i * n + j] = (matrix[i * n + j] - dot(&factor[i * n], &factor[j * n], j)) / factor[j * n + j];
    const double rest = matrix[i * n + i] - dot(&factor[i * n], &factor[i * n], i);
    if (!(rest > 0)) return std::nullopt;
    factor[i * n + i] = std::sqrt(rest);
  }
  return factor;
}

void solve_row(const std::vector<double>& factor, std::size_t n, double* x) {
  forward(factor, n, x);
  backward(factor, n, x);
}

void solve_rows(const std::vector<double>& factor, std::size_t n, std::vector<double>& right) {
  parallel_for(right.size() / n, [&] {
    return [&](std::size_t row) { solve_row(factor, n, &right[row * n]); };
  });
}

std::vector<double> inverse_of(const std::vector<double>& factor, std::size_t n) {
  std::vector<double> result(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) result[i * n + i] = 1.0;
  solve_rows(factor, n, result);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double mean = (result[i * n + j] + result[j * n + i]) / 2;
      result[i * n + j] = mean;
      result[j * n + i] = mean;
    }
  return result;
}

void add_ridge(std::vector<double>& matrix, std::size_t n, double share) {
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += matrix[i * n + i];
  const double ridge = std::max(share * trace / static_cast<double>(n), 1e-12);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] += ridge;
}

}  // namespace mote
