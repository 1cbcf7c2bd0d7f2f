#pragma once

#include <stddef.h>
#include <stdint.h>

/// Code of many kinds, to compare two counters on.
namespace mixed {

inline constexpr int kInputCount = 1, kOutputCount = 1;
inline constexpr size_t kInputBytes[] = {256}, kOutputBytes[] = {256};

class Model {
 public:
  void* input_data(int) noexcept { return input_; }
  const void* output_data(int) const noexcept { return output_; }
  void run() noexcept;
  void reset() noexcept {}
  void restart() noexcept {}

 private:
  alignas(8) uint8_t input_[256];
  alignas(8) uint8_t output_[256];
  alignas(8) uint8_t scratch_[1024];
};

}  // namespace mixed
