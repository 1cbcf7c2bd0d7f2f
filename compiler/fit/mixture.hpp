#pragma once

#include <cstdint>

#include "fit/gaussian.hpp"

namespace mote {

struct FittedMixture {
  std::vector<FittedGaussian> components;
  std::vector<double> shares;      ///< of the components, 1 in all
  double mean_log_likelihood = 0;  ///< of the rows
};

/// By expectation and maximization (Dempster, Laird, Rubin 1977), from clusters.
FittedMixture fit_mixture(const Rows& rows, std::size_t components, bool diagonal, std::uint32_t seed);

/// The logarithm of a component's share times its density, less |W (x - mean)|^2 / 2.
double log_weight(const FittedMixture& mixture, std::size_t component);

}  // namespace mote
