#include "ops/signal/reference_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mote {

namespace {

/// A polynomial, its highest coefficient first.
template <std::size_t N>
float horner(const std::array<float, N>& coefficients, float x) {
  float value = coefficients[0];
  for (std::size_t i = 1; i < N; ++i) value = rounded_product(value, x) + coefficients[i];
  return value;
}

}  // namespace

float reference_log(float x) {
  // m * 2^exponent with m from the root of 1/2 to that of 2.
  int exponent = 0;
  float m = std::frexp(x, &exponent);
  constexpr float kRootOfHalf = 0.707106769F;
  if (m < kRootOfHalf) {
    m *= 2.0F;
    --exponent;
  }
  if (std::isinf(x)) {  // counted as 2^128
    m = 1.0F;
    exponent = 128;
  }
  const auto power = static_cast<float>(exponent);
  const float s = (m - 1.0F) / (m + 1.0F);
  const float z = rounded_product(s, s);
  const float series = horner<4>({0.22222222F, 0.28571429F, 0.4F, 0.66666667F}, z);
  const float small = rounded_product(rounded_product(series, z), s) + rounded_product(power, -2.12194440e-4F);
  return rounded_product(power, 0.693359375F) + (s + s + small);
}

float reference_power_of_two(float x) {
  const float limited = std::clamp(x, -126.0F, 127.0F);
  const float whole = std::trunc(limited + (limited < 0.0F ? -0.5F : 0.5F));
  const float series =
      horner<7>({1.5403530e-4F, 1.3333558e-3F, 9.6181291e-3F, 5.5504109e-2F, 0.24022651F, 0.69314718F, 1.0F}, limited - whole);
  return std::ldexp(series, static_cast<int>(whole));
}

float blocked_sum(const std::vector<float>& terms) {
  constexpr std::size_t kBlock = 32;
  float total = 0.0F;
  float part = 0.0F;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    part += terms[i];
    if ((i + 1) % kBlock != 0) continue;
    total += part;
    part = 0.0F;
  }
  return total + part;
}

}  // namespace mote
