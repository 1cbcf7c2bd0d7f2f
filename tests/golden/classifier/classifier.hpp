// Model 'classifier', compiled by mote 0.1.0 for cortex-m4. Generated: change the model, not this file.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

namespace classifier {

inline constexpr uint64_t kModelHash = 0xbe0712b249b4ed87ULL;
inline constexpr size_t kArenaBytes = 156;         // inputs, outputs, all between, and state
inline constexpr size_t kFlashWeightsBytes = 1200;  // weights, biases and tables
inline constexpr int kInputCount = 1;
inline constexpr int kOutputCount = 1;
inline constexpr size_t kInputBytes[] = {30};
inline constexpr size_t kOutputBytes[] = {3};

/// Input 0: 'image', int8 1x6x5x1
struct Input0 {
  using Value = int8_t;
  static constexpr int kRank = 4;
  static constexpr int32_t kShape[] = {1, 6, 5, 1};
  static constexpr size_t kElements = 30;
  static constexpr size_t kOffset = 92;
  static constexpr float kScale = 0.0078125F;
  static constexpr int32_t kZeroPoint = -3;
  static constexpr float dequantize(Value q) noexcept { return kScale * (static_cast<float>(q) - static_cast<float>(kZeroPoint)); }
  static Value quantize(float real) noexcept {
    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);
    return static_cast<Value>(q < -128.0F ? -128.0F : (q > 127.0F ? 127.0F : q));
  }
};

/// Output 0: 'scores', int8 1x3
struct Output0 {
  using Value = int8_t;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 3};
  static constexpr size_t kElements = 3;
  static constexpr size_t kOffset = 0;
  static constexpr float kScale = 0.00390625F;
  static constexpr int32_t kZeroPoint = -128;
  static constexpr float dequantize(Value q) noexcept { return kScale * (static_cast<float>(q) - static_cast<float>(kZeroPoint)); }
  static Value quantize(float real) noexcept {
    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);
    return static_cast<Value>(q < -128.0F ? -128.0F : (q > 127.0F ? 127.0F : q));
  }
};

/// The model with its memory: put the object where the memory shall be. Inputs, outputs and everything between share one arena, so
/// write the inputs again before each run and read the outputs before writing the next inputs.
class Model {
 public:
  Input0::Value* input() noexcept { return reinterpret_cast<Input0::Value*>(arena_ + Input0::kOffset); }
  Input0::Value* input0() noexcept { return reinterpret_cast<Input0::Value*>(arena_ + Input0::kOffset); }
  const Output0::Value* output() const noexcept { return reinterpret_cast<const Output0::Value*>(arena_ + Output0::kOffset); }
  const Output0::Value* output0() const noexcept { return reinterpret_cast<const Output0::Value*>(arena_ + Output0::kOffset); }
  void* input_data(int i) noexcept {
    constexpr size_t kOffsets[] = {92};
    return arena_ + kOffsets[i];
  }
  const void* output_data(int i) const noexcept {
    constexpr size_t kOffsets[] = {0};
    return arena_ + kOffsets[i];
  }

  /// One inference. Nothing can fail.
  void run() noexcept;

  /// This model keeps no state.
  void reset() noexcept {}
  void restart() noexcept {}

 private:
  template <typename T>
  T* at(size_t offset) noexcept {
    return reinterpret_cast<T*>(arena_ + offset);
  }

  alignas(16) uint8_t arena_[156];
};

}  // namespace classifier
