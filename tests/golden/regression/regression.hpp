// Model 'regression', compiled by mote 0.1.0 for cortex-m4. Generated: change the model, not this file.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

namespace regression {

inline constexpr uint64_t kModelHash = 0x1c15772bb82929eaULL;
inline constexpr size_t kArenaBytes = 24;         // inputs, outputs, all between, and state
inline constexpr size_t kFlashWeightsBytes = 80;  // weights, biases and tables
inline constexpr int kInputCount = 1;
inline constexpr int kOutputCount = 1;
inline constexpr size_t kInputBytes[] = {12};
inline constexpr size_t kOutputBytes[] = {4};

/// Input 0: 'sensors', float32 1x3
struct Input0 {
  using Value = float;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 3};
  static constexpr size_t kElements = 3;
  static constexpr size_t kOffset = 12;
};

/// Output 0: 'value', float32 1x1
struct Output0 {
  using Value = float;
  static constexpr int kRank = 2;
  static constexpr int32_t kShape[] = {1, 1};
  static constexpr size_t kElements = 1;
  static constexpr size_t kOffset = 0;
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
    constexpr size_t kOffsets[] = {12};
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

  alignas(16) uint8_t arena_[24];
};

}  // namespace regression
