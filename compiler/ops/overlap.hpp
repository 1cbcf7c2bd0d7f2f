#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "ops/window.hpp"

namespace mote {

// From the order in which a kernel reads an input and writes its first output follows how far the output may lie inside the input
// (KernelCall::overlapping). The compiler keeps that order only if the kernel's pointers to both are not MOTE_RESTRICT.

/// Reads and writes of a kernel in its order. Places are bytes from the beginning of the input, or of the output.
class AccessOrder {
 public:
  explicit AccessOrder(std::int64_t input_bytes) : overlap_(-input_bytes) {}

  /// Writes bytes of the output up to `end`.
  void write(std::int64_t end) { written_ = std::max(written_, end); }
  /// Reads bytes of the input from `first` on.
  void read(std::int64_t first) {
    if (written_ > 0) overlap_ = std::max(overlap_, written_ - first);
  }
  /// The least distance with which no byte is written before it was read for the last time.
  std::int64_t overlap() const { return overlap_; }

 private:
  std::int64_t written_ = 0, overlap_;
};

/// How a kernel makes the pixels of its output, one behind the other.
struct PixelOrder {
  /// Pixels of which all windows are read, or copied, before an output of any of them is written.
  std::int64_t tile = 1;
  /// Tiles begin anew every so many pixels, as in rows; 0: never.
  std::int64_t run = 0;
  /// Whether the last tile of a run ends with its last pixel and so makes some pixels once more.
  bool overlaps_last = false;
  /// For kernels that read a tile's windows again while they write its outputs: how many bytes further they are in the outputs
  /// than in the windows, at most. 0: a channel is made of that channel alone.
  std::optional<std::int64_t> ahead = std::nullopt;
};

/// What the pixels of an output are made from.
struct PixelSources {
  std::vector<std::int64_t> first;  ///< for each pixel the first byte of the input that it needs; -1 for none
  std::int64_t pixel_bytes = 0, input_bytes = 0;
};
std::int64_t pixel_overlap(const PixelSources& sources, const PixelOrder& order);

/// The distance for a kernel over windows of values of `value_bytes`.
std::int64_t window_overlap(const Window& window, std::int64_t value_bytes, const PixelOrder& order);

/// `ahead` of a kernel that makes the output channels of a pixel one by one, each from `depth` channels of its group.
std::optional<std::int64_t> ahead_by_channel(const Window& window, std::int64_t value_bytes, std::int32_t depth);
/// `ahead` of a kernel that makes each channel from that channel alone, `at_once` of them together: the last ones once more where
/// they are no multiple of it.
std::optional<std::int64_t> ahead_in_lanes(std::int64_t channels, std::int64_t at_once);
/// `ahead` of a kernel that reads windows again for each `block` of output channels.
std::optional<std::int64_t> ahead_by_block(std::int64_t channels, std::int64_t block);

/// The distance for a kernel that makes each value from the one of the same index.
std::int64_t elementwise_overlap(std::int64_t elements, std::int64_t input_value_bytes, std::int64_t output_value_bytes);

}  // namespace mote
