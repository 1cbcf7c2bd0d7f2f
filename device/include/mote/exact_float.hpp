#pragma once

#include "mote/kernel.hpp"

namespace mote {

// float32 arithmetic that gives the same bits on every core. Sums, differences, quotients and roots are rounded alike everywhere;
// a product that goes into a sum may be fused with it, which rounds once instead of twice, so it is made here. Logarithms and
// powers are polynomials of such steps.

/// a * b, rounded by itself.
MOTE_INLINE float exact_product(float a, float b) {
  float product = a * b;
#if defined(__GNUC__) && defined(__ARM_FP)
  __asm__("" : "+t"(product));
#elif defined(__GNUC__) && defined(__SSE2__)
  __asm__("" : "+x"(product));
#elif defined(__GNUC__) && defined(__aarch64__)
  __asm__("" : "+w"(product));
#elif defined(__GNUC__) && defined(__riscv_flen)
  __asm__("" : "+f"(product));
#endif
  return product;
}

MOTE_INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
MOTE_INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/// ln(x) of x > 0, at most 2e-7 times the larger of 1 and the result off. x = 2^k * m with m from 0.71 to 1.42; ln(m) = 2
/// artanh((m - 1) / (m + 1)).
MOTE_FUNCTION float exact_log(float x) {
  constexpr uint32_t kRootOfHalf = 0x3F3504F3U;
  int32_t k = 0;
  if (bits_of(x) < 0x00800000U) {  // no leading 1: below 2^-126
    x = exact_product(x, 16777216.0F);
    k = -24;
  }
  const int32_t whole = static_cast<int32_t>(bits_of(x) - kRootOfHalf) >> 23;
  const float m = float_of(bits_of(x) - (static_cast<uint32_t>(whole) << 23));
  const auto power = static_cast<float>(k + whole);
  const float s = (m - 1.0F) / (m + 1.0F);
  const float z = exact_product(s, s);
  float series = 0.22222222F;
  series = exact_product(series, z) + 0.28571429F;
  series = exact_product(series, z) + 0.4F;
  series = exact_product(series, z) + 0.66666667F;
  const float small = exact_product(exact_product(series, z), s) + exact_product(power, -2.12194440e-4F);
  return exact_product(power, 0.693359375F) + (s + s + small);
}

/// 2 to the power of x, at most 2e-7 of the result off; x is limited to -126..127.
MOTE_FUNCTION float exact_power_of_two(float x) {
  const float limited = clamp(x, -126.0F, 127.0F);
  const auto whole = static_cast<int32_t>(limited + (limited < 0.0F ? -0.5F : 0.5F));
  const float f = limited - static_cast<float>(whole);
  float series = 1.5403530e-4F;
  series = exact_product(series, f) + 1.3333558e-3F;
  series = exact_product(series, f) + 9.6181291e-3F;
  series = exact_product(series, f) + 5.5504109e-2F;
  series = exact_product(series, f) + 0.24022651F;
  series = exact_product(series, f) + 0.69314718F;
  series = exact_product(series, f) + 1.0F;
  return exact_product(series, float_of(static_cast<uint32_t>(whole + 127) << 23));
}

/// A sum of many values that loses little: every 32 of them are added up by themselves.
class ExactSum {
 public:
  MOTE_INLINE void add(float x) {
    part_ += x;
    if (++count_ == 32) {
      total_ += part_;
      part_ = 0.0F;
      count_ = 0;
    }
  }
  MOTE_INLINE float value() const { return total_ + part_; }

 private:
  float total_ = 0.0F, part_ = 0.0F;
  int32_t count_ = 0;
};

}  // namespace mote
