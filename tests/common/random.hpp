#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace mote::test {

/// Random numbers that are the same on every machine.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }
  /// 0 to count - 1.
  std::uint32_t below(std::uint32_t count) { return bits() % count; }
  /// lowest to highest, both included.
  std::int32_t between(std::int32_t lowest, std::int32_t highest) {
    return lowest + static_cast<std::int32_t>(below(static_cast<std::uint32_t>(highest - lowest + 1)));
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }
  /// 0 to 1.
  float fraction() { return static_cast<float>(bits() >> 8) / 16777216.0F; }
  template <typename T>
  const T& pick(const std::vector<T>& list) {
    return list[below(static_cast<std::uint32_t>(list.size()))];
  }
  std::vector<std::uint8_t> bytes(std::size_t count) {
    std::vector<std::uint8_t> result(count);
    for (std::uint8_t& byte : result) byte = static_cast<std::uint8_t>(bits());
    return result;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace mote::test
