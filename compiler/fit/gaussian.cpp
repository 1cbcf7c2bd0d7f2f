#include "fit/gaussian.hpp"

#include <algorithm>
#include <cmath>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr double kRidge = 1e-5;

std::size_t at(std::size_t row, std::size_t column) { return row * (row + 1) / 2 + column; }

/// The lower triangle whose product with its transpose is the matrix.
std::vector<double> cholesky(std::vector<double> matrix, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double value = matrix[at(i, j)];
      for (std::size_t k = 0; k < j; ++k) value -= matrix[at(i, k)] * matrix[at(j, k)];
      if (i == j && !(value > 0))
        throw Error("the features' covariance cannot be inverted", "leave out features that depend on others");
      matrix[at(i, j)] = i == j ? std::sqrt(value) : value / matrix[at(j, j)];
    }
  }
  return matrix;
}

std::vector<double> inverse_of_lower(const std::vector<double>& lower, std::size_t n) {
  std::vector<double> inverse(lower.size());
  for (std::size_t j = 0; j < n; ++j) {
    inverse[at(j, j)] = 1 / lower[at(j, j)];
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = 0;
      for (std::size_t k = j; k < i; ++k) sum += lower[at(i, k)] * inverse[at(k, j)];
      inverse[at(i, j)] = -sum / lower[at(i, i)];
    }
  }
  return inverse;
}

FittedGaussian with_factor(FittedGaussian gaussian, std::vector<double> covariance) {
  const std::size_t n = gaussian.mean.size();
  gaussian.factor = inverse_of_lower(cholesky(std::move(covariance), n), n);
  for (std::size_t k = 0; k < n; ++k) gaussian.log_volume += std::log(gaussian.factor[at(k, k)]);
  return gaussian;
}

}  // namespace

FittedGaussian fit_gaussian(const Rows& rows, const std::vector<double>& weights, bool diagonal) {
  const std::size_t n = rows.width;
  if (rows.count() < 2)
    throw Error(fmt::format("{} vectors are too few for a covariance", rows.count()), "give more normal data");
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  FittedGaussian result{std::vector<double>(n), {}, 0};
  double total = 0;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    total += weight(i);
    for (std::size_t k = 0; k < n; ++k) result.mean[k] += weight(i) * double{rows.row(i)[k]};
  }
  for (double& value : result.mean) value /= total;
  std::vector<double> covariance(n * (n + 1) / 2), stray(n);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (weight(i) == 0) continue;
    for (std::size_t k = 0; k < n; ++k) stray[k] = double{rows.row(i)[k]} - result.mean[k];
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t j = diagonal ? k : 0; j <= k; ++j) covariance[at(k, j)] += weight(i) * stray[k] * stray[j];
    }
  }
  double trace = 0;
  for (double& value : covariance) value /= total;
  for (std::size_t k = 0; k < n; ++k) trace += covariance[at(k, k)];
  const double ridge = std::max(kRidge * trace / static_cast<double>(n), 1e-18);
  for (std::size_t k = 0; k < n; ++k) covariance[at(k, k)] += ridge;
  return with_factor(std::move(result), std::move(covariance));
}

FittedGaussian gaussian_of(std::vector<double> mean, const std::vector<double>& covariance) {
  const std::size_t n = mean.size();
  MOTE_CHECK(covariance.size() == n * n);
  std::vector<double> lower;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) lower.push_back(covariance[i * n + j]);
  }
  return with_factor({std::move(mean), {}, 0}, std::move(lower));
}

std::vector<float> square_factor(const FittedGaussian& gaussian) {
  const std::size_t n = gaussian.mean.size();
  std::vector<float> square(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) square[i * n + j] = static_cast<float>(gaussian.factor[at(i, j)]);
  }
  return square;
}

double whitened_square(const FittedGaussian& gaussian, std::span<const float> row) {
  double total = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j <= i; ++j) sum += gaussian.factor[at(i, j)] * (double{row[j]} - gaussian.mean[j]);
    total += sum * sum;
  }
  return total;
}

}  // namespace mote
