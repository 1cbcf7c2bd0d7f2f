#include "compress/linear.hpp"

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "compress/gram.hpp"

namespace mote::test {
namespace {

std::vector<double> positive_definite(std::size_t n, std::uint32_t seed) {
  Random random(seed);
  std::vector<double> matrix = gram_of(random_floats(random, 3 * n * n), n).square;
  add_ridge(matrix, n, 1e-3);
  return matrix;
}

TEST(Linear, SolvesAndInverts) {
  for (const std::size_t n : {1U, 2U, 9U, 40U}) {
    const std::vector<double> matrix = positive_definite(n, 7);
    const auto factor = cholesky(matrix, n);
    ASSERT_TRUE(factor);
    const std::vector<double> inverse = inverse_of(*factor, n);
    std::vector<double> solved = matrix;  // each row of the matrix times its inverse
    solve_rows(*factor, n, solved);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        const double one = i == j ? 1.0 : 0.0;
        double product = 0;
        for (std::size_t k = 0; k < n; ++k) product += matrix[i * n + k] * inverse[k * n + j];
        EXPECT_NEAR(product, one, 1e-8);
        EXPECT_NEAR(solved[i * n + j], one, 1e-8);
        EXPECT_EQ(inverse[i * n + j], inverse[j * n + i]);
      }
  }
}

TEST(Linear, RefusesWhatIsNotPositiveDefinite) {
  EXPECT_FALSE(cholesky({1, 2, 2, 1}, 2));
  EXPECT_FALSE(cholesky({0}, 1));
  std::vector<double> twice{1, 1, 1, 1};
  EXPECT_FALSE(cholesky(twice, 2));
  add_ridge(twice, 2, 1e-6);
  EXPECT_TRUE(cholesky(twice, 2));
}

}  // namespace
}  // namespace mote::test
