#pragma once

#include <vector>

namespace mote {

// float32 arithmetic of reference evaluations whose kernels must give the same bits: the steps of
// device/include/mote/exact_float.hpp.

/// a * b, rounded by itself.
inline float rounded_product(float a, float b) { return static_cast<float>(static_cast<double>(a) * static_cast<double>(b)); }

/// ln(x) of x > 0, and 2 to the power of x.
float reference_log(float x);
float reference_power_of_two(float x);

/// The sum of all terms, every 32 of them added up by themselves.
float blocked_sum(const std::vector<float>& terms);

}  // namespace mote
