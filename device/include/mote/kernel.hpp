#pragma once

// What every kernel starts from. Device code uses only C headers: it builds with any vendor's compiler, without libstdc++.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A kernel is a function of its own: a layer's cost can be seen in a profile, and equal layers share it. A function is no
// template: all kernels that call it share it.
#if defined(__GNUC__) || defined(__clang__)
#define MOTE_KERNEL __attribute__((noinline))
#define MOTE_INLINE inline __attribute__((always_inline))
#define MOTE_FUNCTION inline __attribute__((noinline))
#define MOTE_RESTRICT __restrict__
/// Makes the compiler keep a value in a register from here on, instead of making it anew or putting it off.
#define MOTE_HOLD(value) __asm__("" : "+r"(value))
#else
#define MOTE_KERNEL
#define MOTE_INLINE inline
#define MOTE_FUNCTION inline
#define MOTE_RESTRICT
#define MOTE_HOLD(value) static_cast<void>(value)
#endif

namespace mote {

template <typename T>
MOTE_INLINE constexpr T smaller(T a, T b) {
  return a < b ? a : b;
}

template <typename T>
MOTE_INLINE constexpr T larger(T a, T b) {
  return a > b ? a : b;
}

/// value limited to [lowest, highest].
template <typename T>
constexpr T clamp(T value, T lowest, T highest) {
  return value < lowest ? lowest : (value > highest ? highest : value);
}

/// Outputs of other channels between those of two pixels: none, unless L states `out_gap` because it is some channels of a layer.
template <typename L>
constexpr auto out_gap(int) -> decltype(+L::out_gap) {
  return L::out_gap;
}
template <typename L>
constexpr int32_t out_gap(long) {
  return 0;
}
/// From the outputs of one pixel to those of the next.
template <typename L>
constexpr int32_t out_pitch() {
  return L::out_c + out_gap<L>(0);
}

template <typename A, typename B>
struct SameType {
  static constexpr bool value = false;
};
template <typename A>
struct SameType<A, A> {
  static constexpr bool value = true;
};

}  // namespace mote
