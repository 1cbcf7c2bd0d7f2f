#pragma once

#include <optional>
#include <vector>

namespace mote {

// Dense linear algebra on symmetric positive definite matrices, [n][n] row by row, in double and a fixed order.

/// Lower triangle L with L L' = `matrix`; what stands above the diagonal is zero. Nothing when the matrix is not positive definite.
std::optional<std::vector<double>> cholesky(const std::vector<double>& matrix, std::size_t n);

/// `x` [n] becomes the solution of `matrix` x = x, for the matrix of this Cholesky factor.
void solve_row(const std::vector<double>& factor, std::size_t n, double* x);

/// `right` [rows][n] becomes X with X `matrix` = `right`, for the matrix of this Cholesky factor.
void solve_rows(const std::vector<double>& factor, std::size_t n, std::vector<double>& right);

/// The inverse of the matrix of a Cholesky factor, symmetric to the bit.
std::vector<double> inverse_of(const std::vector<double>& factor, std::size_t n);

/// Adds `share` of the mean of the diagonal to the diagonal, at least a little, so that the matrix is positive definite.
void add_ridge(std::vector<double>& matrix, std::size_t n, double share);

}  // namespace mote
