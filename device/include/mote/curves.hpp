#pragma once

#include "mote/kernel.hpp"

namespace mote {

// Functions of one float32 value, each named for its operator. The output may be the input.

template <typename L, typename Function>
MOTE_INLINE void for_each_value(const float* in, float* out, Function function) {
  for (int32_t i = 0; i < L::elements; ++i) out[i] = function(in[i]);
}

/// log(1 + exp(x)) that neither overflows nor loses small results.
MOTE_FUNCTION float softplus_of(float x) { return (x > 0.0F ? x : 0.0F) + log1pf(expf(-fabsf(x))); }

template <typename L>
MOTE_KERNEL void abs(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return fabsf(x); });
}

template <typename L>
MOTE_KERNEL void ceil(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return ceilf(x); });
}

template <typename L>
MOTE_KERNEL void cos(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return cosf(x); });
}

template <typename L>
MOTE_KERNEL void elu(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return x < 0.0F ? expf(x) - 1.0F : x; });
}

template <typename L>
MOTE_KERNEL void erf(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return erff(x); });
}

/// e to the power of x.
template <typename L>
MOTE_KERNEL void exp(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return expf(x); });
}

template <typename L>
MOTE_KERNEL void floor(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return floorf(x); });
}

template <typename L>
MOTE_KERNEL void hard_sigmoid(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return clamp(L::alpha * x + L::beta, 0.0F, 1.0F); });
}

template <typename L>
MOTE_KERNEL void log(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return logf(x); });
}

template <typename L>
MOTE_KERNEL void mish(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return x * tanhf(softplus_of(x)); });
}

template <typename L>
MOTE_KERNEL void neg(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return -x; });
}

template <typename L>
MOTE_KERNEL void relu_n1_to_1(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return clamp(x, -1.0F, 1.0F); });
}

/// Halves go to the even number.
template <typename L>
MOTE_KERNEL void round(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return rintf(x); });
}

template <typename L>
MOTE_KERNEL void rsqrt(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return 1.0F / sqrtf(x); });
}

template <typename L>
MOTE_KERNEL void selu(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return L::gamma * (x > 0.0F ? x : L::alpha * (expf(x) - 1.0F)); });
}

template <typename L>
MOTE_KERNEL void sign(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return x > 0.0F ? 1.0F : (x < 0.0F ? -1.0F : 0.0F); });
}

template <typename L>
MOTE_KERNEL void sin(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return sinf(x); });
}

template <typename L>
MOTE_KERNEL void softplus(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return softplus_of(x); });
}

template <typename L>
MOTE_KERNEL void softsign(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return x / (1.0F + fabsf(x)); });
}

template <typename L>
MOTE_KERNEL void sqrt(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return sqrtf(x); });
}

template <typename L>
MOTE_KERNEL void square(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) { return x * x; });
}

/// x times the normal distribution's share below x; L::approximate: by tanh.
template <typename L>
MOTE_KERNEL void gelu(const float* in, float* out) {
  for_each_value<L>(in, out, [](float x) {
    if constexpr (L::approximate) {
      return 0.5F * x * (1.0F + tanhf(0.79788456F * (x + 0.044715F * x * x * x)));
    } else {
      return 0.5F * x * (1.0F + erff(x * 0.70710678F));
    }
  });
}

}  // namespace mote
