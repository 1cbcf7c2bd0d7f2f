// Model 'stream', compiled by mote 0.1.0 for cortex-m4. Generated: change the model, not this file.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

namespace stream {

inline constexpr uint64_t kModelHash = 0xe94bae8df977357eULL;
inline constexpr size_t kArenaBytes = 32;         // inputs, outputs, all between, and state
inline constexpr size_t kFlashWeightsBytes = 300;  // weights, biases and tables
inline constexpr int kInputCount = 2;
inline constexpr int kOutputCount = 2;
inline constexpr size_t kInputBytes[] = {8, 4};
inline constexpr size_t kOutputBytes[] = {2, 4};

/// Input 0: 'features', int8 1x8
struct Input0 {
  using Value = int8_t;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 8};
  static constexpr size_t kElements = 8;
  static constexpr size_t kOffset = 12;
  static constexpr float kScale = 0.0500000007F;
  static constexpr int32_t kZeroPoint = 2;
  static constexpr float dequantize(Value q) noexcept { return kScale * (static_cast<float>(q) - static_cast<float>(kZeroPoint)); }
  static Value quantize(float real) noexcept {
    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);
    return static_cast<Value>(q < -128.0F ? -128.0F : (q > 127.0F ? 127.0F : q));
  }
};

/// Input 1: 'context', int8 1x4
struct Input1 {
  using Value = int8_t;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 4};
  static constexpr size_t kElements = 4;
  static constexpr size_t kOffset = 20;
  static constexpr float kScale = 0.0500000007F;
  static constexpr int32_t kZeroPoint = 2;
  static constexpr float dequantize(Value q) noexcept { return kScale * (static_cast<float>(q) - static_cast<float>(kZeroPoint)); }
  static Value quantize(float real) noexcept {
    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);
    return static_cast<Value>(q < -128.0F ? -128.0F : (q > 127.0F ? 127.0F : q));
  }
};

/// Output 0: 'gate', int8 1x2
struct Output0 {
  using Value = int8_t;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 2};
  static constexpr size_t kElements = 2;
  static constexpr size_t kOffset = 12;
  static constexpr float kScale = 0.00390625F;
  static constexpr int32_t kZeroPoint = -128;
  static constexpr float dequantize(Value q) noexcept { return kScale * (static_cast<float>(q) - static_cast<float>(kZeroPoint)); }
  static Value quantize(float real) noexcept {
    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);
    return static_cast<Value>(q < -128.0F ? -128.0F : (q > 127.0F ? 127.0F : q));
  }
};

/// Output 1: 'sum', int8 1x4
struct Output1 {
  using Value = int8_t;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 4};
  static constexpr size_t kElements = 4;
  static constexpr size_t kOffset = 20;
  static constexpr float kScale = 0.0799999982F;
  static constexpr int32_t kZeroPoint = -1;
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
  Input1::Value* input1() noexcept { return reinterpret_cast<Input1::Value*>(arena_ + Input1::kOffset); }
  const Output0::Value* output() const noexcept { return reinterpret_cast<const Output0::Value*>(arena_ + Output0::kOffset); }
  const Output0::Value* output0() const noexcept { return reinterpret_cast<const Output0::Value*>(arena_ + Output0::kOffset); }
  const Output1::Value* output1() const noexcept { return reinterpret_cast<const Output1::Value*>(arena_ + Output1::kOffset); }
  void* input_data(int i) noexcept {
    constexpr size_t kOffsets[] = {12, 20};
    return arena_ + kOffsets[i];
  }
  const void* output_data(int i) const noexcept {
    constexpr size_t kOffsets[] = {12, 20};
    return arena_ + kOffsets[i];
  }

  /// One inference. Nothing can fail.
  void run() noexcept;

  /// Forgets all earlier inferences.
  void reset() noexcept;
  /// The same: no state outlasts a gap in the signal.
  void restart() noexcept;

 private:
  template <typename T>
  T* at(size_t offset) noexcept {
    return reinterpret_cast<T*>(arena_ + offset);
  }

  alignas(16) uint8_t arena_[32] = {};
  bool started_ = false;
};

}  // namespace stream
