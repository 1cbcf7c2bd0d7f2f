#include "ops/depthwise_rows.hpp"

#include <algorithm>
#include <cstdlib>

namespace mote {

namespace {

/// Scratch memory is cut to about this size, or to a part of the input's, when the image is larger.
constexpr std::int32_t kScratchBytes = 2560;
constexpr std::int32_t kScratchPart = 6;
/// The kernels reach from one row to the next by the offset of a load.
constexpr std::int32_t kMostColumns = 255;
constexpr std::int32_t kMostChannels = 4095;

/// A multiplier of 0 gives 0 with any shift; the kernels want one to the right.
std::int32_t right_shift(const Multiplier& scaling) { return scaling.multiplier == 0 ? 1 : -scaling.shift; }

/// What begins together: the rows that share their pairs of input rows.
std::int32_t units(const Window& w) { return w.stride_h == 1 ? (w.out_h + 1) / 2 : w.out_h; }

/// Units per pass, about equal ones.
std::int32_t chunk(const Window& w) {
  const std::int64_t budget =
      std::max<std::int64_t>(kScratchBytes, static_cast<std::int64_t>(w.in_h) * w.in_w * w.in_c / kScratchPart);
  // A pass counts its rows in a byte.
  const auto most = static_cast<std::int32_t>(std::clamp<std::int64_t>(budget / (16 * w.in_w) - 1, 1, std::min(units(w), 255)));
  const std::int32_t passes = (units(w) + most - 1) / most;
  return (units(w) + passes - 1) / passes;
}

/// Whether outputs never overwrite input that is read later, when they share memory. A pass writes its rows after it has read
/// its pairs of rows, and an output of a channel only lies on inputs of that channel.
bool runs_in_place(const Window& w) {
  if (static_cast<std::int64_t>(w.out_h) * w.out_w > static_cast<std::int64_t>(w.in_h) * w.in_w) return false;
  const std::int32_t rows_per_unit = w.stride_h == 1 ? 2 : 1;
  for (std::int32_t unit = chunk(w); unit < units(w); unit += chunk(w)) {
    const std::int64_t written = static_cast<std::int64_t>(unit) * rows_per_unit * w.out_w;
    const std::int64_t read = static_cast<std::int64_t>(2 * unit + 2 - w.pad_top) * w.in_w;
    if (written > read) return false;
  }
  return true;
}

}  // namespace

bool DepthwiseRows::scales_exactly() const {
  const auto channels = static_cast<std::size_t>(window.out_c);
  const std::int64_t furthest = std::max(127 - input_zero_point, 128 + input_zero_point);
  for (std::size_t c = 0; c < channels; ++c) {
    const Multiplier& scaling = finish.multiplier(c);
    const std::int32_t shift = right_shift(scaling);
    if (shift < 1 || shift > 31) return false;
    std::int64_t sum = std::abs(static_cast<std::int64_t>(bias[c]));
    for (std::size_t i = c; i < weights.size(); i += channels) sum += furthest * std::abs(weights[i]);
    const std::int64_t offset = std::abs(2 * static_cast<std::int64_t>(finish.zero_point()) + 1) << (shift - 1);
    if (2 * sum > INT32_MAX || offset + sum + 1 > INT32_MAX) return false;
  }
  return true;
}

bool DepthwiseRows::is_3x3() const {
  const Window& w = window;
  const std::int32_t past_right = (w.out_w - 1) * w.stride_w + 3 - w.pad_left - w.in_w;
  return w.k_h == 3 && w.k_w == 3 && w.stride_h <= 2 && w.stride_w <= 2 && w.dilation_h == 1 && w.dilation_w == 1 &&
         w.pad_left <= 1 && past_right <= 1 && w.in_w <= kMostColumns && w.in_c <= kMostChannels && scales_exactly();
}

double DepthwiseRows::cycles_3x3() const {
  const Window& w = window;
  const double groups = w.batch * ((w.in_c + 3) / 4);
  const double passes = (units(w) + chunk(w) - 1) / chunk(w);
  const double read = 15.0 * (units(w) + 1) * w.in_w;
  const double row = (w.stride_w == 1 ? 14.5 : 18.0) * w.out_w + 22.0;
  return groups * (300.0 + read + 4.0 * w.out_h * row + passes * (250.0 + 10.0 * w.in_w));
}

KernelCall DepthwiseRows::lower_3x3(const NodeView& node) const {
  const auto channels = static_cast<std::size_t>(window.out_c);
  std::vector<std::int8_t> packed;
  std::vector<std::int32_t> scaling;
  for (std::size_t c = 0; c < channels; ++c) {
    for (const std::size_t tap : {0, 1, 3, 4, 2, 6, 5, 7, 8}) packed.push_back(weights[tap * channels + c]);
    const Multiplier& by = finish.multiplier(c);
    packed.push_back(static_cast<std::int8_t>(right_shift(by)));
    packed.resize(12 * (c + 1));
    scaling.push_back(2 * bias[c]);
    scaling.push_back(by.multiplier);
  }
  KernelCall call("depthwise_conv_2d_3x3", "depthwise_conv_2d_3x3");
  finish.describe(call, node.output());
  window.describe(call);
  call.set("input_zero_point", input_zero_point).set("chunk", chunk(window));
  call.input(0)
      .constant("weights", packed)
      .constant("scaling", scaling)
      .output()
      .scratch(16L * window.in_w * (chunk(window) + 1));
  return runs_in_place(window) ? call.in_place_of({0}) : call;
}

}  // namespace mote
