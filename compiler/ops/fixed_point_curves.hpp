#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace mote {

// Curves in 32-bit fixed point, bit-exact with gemmlowp's and TensorFlow Lite's. Qn is a number with n integer bits and 31 - n
// fractional ones; 1 in Q0 is INT32_MAX. Sums wrap.

/// exp(x) in Q0 of x <= 0 in Q`integer_bits`, 4 or 5.
std::int32_t exp_on_negative_values(std::int32_t x, int integer_bits);
/// 1 / (1 + x) in Q0 of x in Q0, 0 <= x < 1.
std::int32_t one_over_one_plus_x(std::int32_t x);
/// 1 / (1 + exp(-x)) in Q0 of x in Q4.
std::int32_t logistic_of_q4(std::int32_t x);
/// tanh(x) in Q0 of x in Q4.
std::int32_t tanh_of_q4(std::int32_t x);
/// log(x) in Q5 of x >= 1 in Q12.
std::int32_t log_of_q12(std::int32_t x);

/// The size of the largest integer that, scaled by 2^left_shift, stays in Q`integer_bits`; saturates at INT32_MAX.
std::int32_t input_radius(int integer_bits, int left_shift);

/// logistic(i / 24) in steps of 2^-16, raised by half of what linear interpolation loses between entries; the last is 65535.
const std::array<std::uint16_t, 256>& sigmoid_table();

/// logistic and tanh of an argument in steps of 1 / (3 * 4096), from that table; results in steps of 2^-15.
std::int16_t logistic_of_steps(std::int32_t steps);
std::int16_t tanh_of_steps(std::int32_t steps);

/// A function sampled at 513 points for int16 arguments: between entry 256 + (x >> 7) and the next by the lower 7 bits.
std::int16_t interpolate(const std::vector<std::int16_t>& table, std::int16_t x);
/// Such a table for any function and scales (the result's zero point is 0), each entry moved by half of the error that
/// interpolation makes in the middle of its segment. All in float, in TensorFlow Lite's order. `function` gives finite numbers.
std::vector<std::int16_t> interpolation_table(float input_scale, std::int32_t input_zero_point, float output_scale,
                                              const std::function<float(float)>& function);
/// exp(x) for -10 <= x <= 0 spread over int16; results in steps of 2^-15.
const std::vector<std::int16_t>& exp_table();
/// 1 / (1 + x) for 0 <= x <= 1 spread over int16; results in steps of 2^-15.
const std::vector<std::int16_t>& reciprocal_table();

}  // namespace mote
