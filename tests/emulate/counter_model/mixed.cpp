#include "mixed.hpp"

#include <math.h>
#include <string.h>

namespace mixed {
namespace {

[[gnu::noinline]] void multiply(const uint8_t* in, int32_t* out) {
  for (int i = 0; i < 32; ++i) {
    int32_t sum = 0;
    for (int j = 0; j < 64; ++j) sum += static_cast<int8_t>(in[i + j]) * static_cast<int8_t>(in[2 * j + i]);
    out[i] = sum;
  }
}

// Rounding multiplication by a 32-bit fraction: SMULL, carries, shifts by a register.
[[gnu::noinline]] void requantize(int32_t* values) {
  for (int i = 0; i < 32; ++i) {
    const int shift = 8 + (i & 7);
    const int64_t product = static_cast<int64_t>(values[i]) * (0x40000000 + i * 12345);
    values[i] = static_cast<int32_t>((product + (int64_t{1} << (shift + 22))) >> (shift + 23));
  }
}

#ifdef __ARM_FEATURE_DSP
[[gnu::noinline]] void dual_multiply(const uint8_t* in, int32_t* out) {
  for (int i = 0; i < 16; ++i) {
    uint32_t a, b, sum = 0;
    for (int j = 0; j < 8; ++j) {
      memcpy(&a, in + 4 * i + 4 * j, 4);
      memcpy(&b, in + 8 * i + 4 * j, 4);
      __asm__ volatile("sxtb16 %0, %0\n sxtb16 %1, %1, ror #8\n smlad %2, %0, %1, %2" : "+r"(a), "+r"(b), "+r"(sum));
    }
    out[i] += static_cast<int32_t>(sum);
  }
}
#else
[[gnu::noinline]] void dual_multiply(const uint8_t*, int32_t*) {}
#endif

[[gnu::noinline]] float softmax(const int32_t* values, float* out) {
  float sum = 0;
  for (int i = 0; i < 32; ++i) sum += out[i] = expf(static_cast<float>(values[i] & 15) - 8.0f);
  for (int i = 0; i < 32; ++i) out[i] = sqrtf(out[i] / sum);
  return sum;
}

[[gnu::noinline]] int branchy(int kind, int value) {
  switch (kind) {
    case 0: return value + 3;
    case 1: return value * 7;
    case 2: return value / 3;
    case 3: return value ^ 0x55;
    case 4: return value % 11;
    case 5: return value < 0 ? -value : value;
    case 6: return value >> 2;
    default: return value != 0 ? branchy(kind - 7, value - 1) : 1;
  }
}

[[gnu::noinline]] void divide(const uint8_t* in, uint64_t* out) {
  for (uint64_t i = 0; i < 8; ++i) {
    const uint64_t big = (uint64_t{in[i]} << 40) + i;
    out[i] = big / (in[i + 1] + 3) + static_cast<uint64_t>(static_cast<double>(big) * 1.5);
  }
}

}  // namespace

void Model::run() noexcept {
  auto* values = reinterpret_cast<int32_t*>(scratch_);
  auto* floats = reinterpret_cast<float*>(scratch_ + 256);
  multiply(input_, values);
  requantize(values);
  dual_multiply(input_, values);
  floats[32] = softmax(values, floats);
  for (int i = 0; i < 32; ++i) values[i] += branchy(input_[i] & 31, input_[i + 1]);
  divide(input_, reinterpret_cast<uint64_t*>(scratch_ + 512));
  memset(output_, 0, sizeof output_);
  memmove(output_ + 3, scratch_, 249);
}

}  // namespace mixed
