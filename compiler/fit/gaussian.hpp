#pragma once

#include <optional>

#include "fit/rows.hpp"

namespace mote {

/// A normal distribution: W (x - mean) has the covariance 1, W a lower triangle, row by row up to the diagonal.
struct FittedGaussian {
  std::vector<double> mean, factor;
  double log_volume = 0;  ///< of W: the logarithm of its determinant
};

/// Of rows that count as much as their weights (empty: all the same). A share of the mean variance is added to each feature's, so
/// that features that depend on others, or never change, do no harm. `diagonal`: features are taken to be independent.
FittedGaussian fit_gaussian(const Rows& rows, const std::vector<double>& weights = {}, bool diagonal = false);

/// From a covariance [n][n], of which what stands above the diagonal is not read. Error where it cannot be inverted.
FittedGaussian gaussian_of(std::vector<double> mean, const std::vector<double>& covariance);

/// W as [n][n], with zeros above the diagonal.
std::vector<float> square_factor(const FittedGaussian& gaussian);

/// |W (x - mean)|^2.
double whitened_square(const FittedGaussian& gaussian, std::span<const float> row);

}  // namespace mote
