#pragma once

// Vectors of workstations: as many 32-bit lanes as this machine's registers hold, and what kernels do with them. Written on the
// vector types of GCC and Clang, which run on any core; x86 has assembly for what these do not say. With other compilers, or with
// MOTE_NO_VECTORS, a vector is one value. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.

#include "mote/fixed_point.hpp"

#if defined(__GNUC__) && !defined(MOTE_NO_VECTORS)
#define MOTE_VECTORS 1
#else
#define MOTE_VECTORS 0
#endif

namespace mote {

#if !MOTE_VECTORS
constexpr int32_t kLanes = 1, kSumRegisters = 4;
#elif defined(__AVX512BW__) && defined(__AVX512DQ__)
#define MOTE_X86_VECTORS 512
constexpr int32_t kLanes = 16, kSumRegisters = 24;
#elif defined(__AVX2__)
#define MOTE_X86_VECTORS 256
constexpr int32_t kLanes = 8, kSumRegisters = 12;
#elif defined(__SSE2__)
#define MOTE_X86_VECTORS 128
constexpr int32_t kLanes = 4, kSumRegisters = 8;
#else
constexpr int32_t kLanes = 4, kSumRegisters = 16;
#endif
#if !defined(MOTE_X86_VECTORS)
#define MOTE_X86_VECTORS 0
#endif

/// Kernels take 16 values at a time, whatever vectors there are: a panel.
constexpr int32_t kPanelRows = 16;
constexpr int32_t kPanelVectors = kPanelRows / kLanes;

#if MOTE_VECTORS
typedef int32_t Words __attribute__((vector_size(4 * kLanes)));
typedef uint32_t UnsignedWords __attribute__((vector_size(4 * kLanes)));
typedef float Reals __attribute__((vector_size(4 * kLanes)));
typedef int8_t Bytes __attribute__((vector_size(kLanes)));
#else
using Words = int32_t;
using UnsignedWords = uint32_t;
using Reals = float;
using Bytes = int8_t;
#endif

/// The vector of a type of lanes.
template <typename Lane>
struct VectorOf;
template <>
struct VectorOf<int32_t> {
  using Type = Words;
};
template <>
struct VectorOf<float> {
  using Type = Reals;
};

template <typename Vector, typename Lane>
MOTE_INLINE Vector load_lanes(const Lane* from) {
  Vector lanes;
  memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

template <typename Vector, typename Lane>
MOTE_INLINE void store_lanes(Lane* to, Vector lanes) {
  memcpy(to, &lanes, sizeof lanes);
}

/// The value in every lane.
MOTE_INLINE Words all_lanes(int32_t value) { return value - Words{}; }
MOTE_INLINE Reals all_lanes(float value) { return value - Reals{}; }

/// Bytes, one to a lane. (GCC 12 takes vectors of bytes apart to widen them to words.)
MOTE_INLINE Words load_widened(const int8_t* from) {
#if MOTE_X86_VECTORS >= 256
  Words lanes;
  const Bytes bytes = load_lanes<Bytes>(from);
  __asm__("vpmovsxbd %1, %0" : "=v"(lanes) : "vm"(bytes));
  return lanes;
#elif MOTE_VECTORS
  return __builtin_convertvector(load_lanes<Bytes>(from), Words);
#else
  return *from;
#endif
}

/// A panel's words, each within int8, as bytes.
MOTE_INLINE void store_narrowed(int8_t* to, const Words* panel) {
#if MOTE_X86_VECTORS == 512
  Bytes bytes;
  __asm__("vpmovdb %1, %0" : "=v"(bytes) : "v"(panel[0]));
  store_lanes(to, bytes);
#elif MOTE_X86_VECTORS == 256
  Words bytes;
  __asm__("vpackssdw %2, %1, %0\n\tvpermq $0xD8, %0, %0\n\tvpacksswb %0, %0, %0\n\tvpermq $0x08, %0, %0"
          : "=x"(bytes)
          : "x"(panel[0]), "x"(panel[1]));
  memcpy(to, &bytes, kPanelRows);
#elif MOTE_X86_VECTORS == 128
  Words first = panel[0];
  Words second = panel[2];
  __asm__("packssdw %2, %0\n\tpackssdw %3, %1\n\tpacksswb %1, %0" : "+x"(first), "+x"(second) : "x"(panel[1]), "x"(panel[3]));
  store_lanes(to, first);
#else
  int32_t words[kPanelRows];
  memcpy(words, panel, sizeof words);
  for (int32_t i = 0; i < kPanelRows; ++i) to[i] = static_cast<int8_t>(words[i]);
#endif
}

MOTE_INLINE void store_narrowed(float* to, const Reals* panel) { memcpy(to, panel, kPanelRows * sizeof(float)); }

/// Per lane, wrapping.
MOTE_INLINE Words wrap_add_lanes(Words a, Words b) { return (Words)((UnsignedWords)a + (UnsignedWords)b); }
MOTE_INLINE Words shift_left_lanes(Words a, Words by) { return (Words)((UnsignedWords)a << (UnsignedWords)by); }

template <typename Vector>
MOTE_INLINE Vector clamp_lanes(Vector lanes, Vector lowest, Vector highest) {
  const Vector raised = lanes < lowest ? lowest : lanes;
  return raised > highest ? highest : raised;
}

/// sum + a.low * b.low + a.high * b.high, where each lane of `a` and `b` is a pair of int16; no sum leaves int32.
MOTE_INLINE Words add_products(Words sum, Words a, Words b) {
#if MOTE_X86_VECTORS && defined(__AVX512VNNI__)
  __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
#elif MOTE_X86_VECTORS == 512
  Words products;
  __asm__("vpmaddwd %2, %1, %0" : "=v"(products) : "v"(a), "v"(b));
  return sum + products;
#elif MOTE_X86_VECTORS == 256
  Words products;
  __asm__("vpmaddwd %2, %1, %0" : "=x"(products) : "x"(a), "x"(b));
  return sum + products;
#elif MOTE_X86_VECTORS == 128
  __asm__("pmaddwd %1, %0" : "+x"(a) : "x"(b));
  return sum + a;
#else
  const Words low_a = shift_left_lanes(a, all_lanes(int32_t{16})) >> 16;
  const Words low_b = shift_left_lanes(b, all_lanes(int32_t{16})) >> 16;
  return sum + low_a * low_b + (a >> 16) * (b >> 16);
#endif
}

/// sum + a * b, rounded twice on every machine.
MOTE_INLINE Reals add_products(Reals sum, Reals a, Reals b) { return sum + a * b; }

/// doubling_high_multiply of every lane; no lane of `b` is INT32_MIN.
#if MOTE_X86_VECTORS >= 256
MOTE_INLINE Words doubling_high_multiply(Words a, Words b) {
  typedef uint64_t Longs __attribute__((vector_size(4 * kLanes)));
  const Longs odd_a = (Longs)a >> 32;
  const Longs odd_b = (Longs)b >> 32;
  Longs even;
  Longs odd;
#if MOTE_X86_VECTORS == 512
  __asm__("vpmuldq %2, %1, %0" : "=v"(even) : "v"(a), "v"(b));
  __asm__("vpmuldq %2, %1, %0" : "=v"(odd) : "v"(odd_a), "v"(odd_b));
#else
  __asm__("vpmuldq %2, %1, %0" : "=x"(even) : "x"(a), "x"(b));
  __asm__("vpmuldq %2, %1, %0" : "=x"(odd) : "x"(odd_a), "x"(odd_b));
#endif
  constexpr uint64_t kHalf = uint64_t{1} << 30;
  constexpr uint64_t kUpper = 0xFFFFFFFF00000000U;
  return (Words)((((odd + kHalf) << 1) & kUpper) | (((even + kHalf) >> 31) & ~kUpper));
}
#elif MOTE_VECTORS
MOTE_INLINE Words doubling_high_multiply(Words a, Words b) {
  Words result = {};
  for (int32_t i = 0; i < kLanes; ++i) result[i] = doubling_high_multiply(static_cast<int32_t>(a[i]), static_cast<int32_t>(b[i]));
  return result;
}
#endif

/// rounding_shift_right of every lane.
#if MOTE_VECTORS
MOTE_INLINE Words rounding_shift_right(Words x, Words exponents) {
  const Words mask = shift_left_lanes(all_lanes(int32_t{1}), exponents) - 1;
  const Words threshold = (mask >> 1) - (x < 0);  // a lane of a comparison that holds is -1
  return (x >> exponents) - ((x & mask) > threshold);
}
#endif

}  // namespace mote
