#include "ops/depthwise_rows.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace mote {

namespace {

/// Scratch memory is cut to about this size, or to a part of the input's, when the image is larger.
constexpr std::int32_t kScratchBytes = 2560;
constexpr std::int32_t kScratchPart = 6;
/// Where RAM is short: two rows at least, and whatever else fits.
constexpr std::int32_t kLeanScratchBytes = 576;
/// The kernels reach from one row to the next by the offset of a load.
constexpr std::int32_t kMostColumns = 255;
constexpr std::int32_t kMostChannels = 4095;

/// What begins together: the rows that share their pairs of input rows.
std::int32_t units(const Window& w) { return w.stride_h == 1 ? (w.out_h + 1) / 2 : w.out_h; }

/// Units per pass, about equal ones.
std::int32_t chunk(const Window& w, Passes passes) {
  const std::int64_t budget =
      passes == Passes::kOne    ? INT32_MAX
      : passes == Passes::kLean ? kLeanScratchBytes
                                : std::max<std::int64_t>(kScratchBytes, static_cast<std::int64_t>(w.in_h) * w.in_w * w.in_c / kScratchPart);
  // A pass counts its rows in a byte.
  const auto most = static_cast<std::int32_t>(std::clamp<std::int64_t>(budget / (16 * w.in_w) - 1, 1, std::min(units(w), 255)));
  const std::int32_t count = (units(w) + most - 1) / most;
  return (units(w) + count - 1) / count;
}

/// Whether outputs never overwrite input that is read later, when they share memory. A pass writes its rows after it has read
/// its pairs of rows, and an output of a channel only lies on inputs of that channel.
bool runs_in_place(const Window& w, std::int32_t chunk) {
  if (static_cast<std::int64_t>(w.out_h) * w.out_w > static_cast<std::int64_t>(w.in_h) * w.in_w) return false;
  const std::int32_t rows_per_unit = w.stride_h == 1 ? 2 : 1;
  for (std::int32_t unit = chunk; unit < units(w); unit += chunk) {
    const std::int64_t written = static_cast<std::int64_t>(unit) * rows_per_unit * w.out_w;
    const std::int64_t read = static_cast<std::int64_t>(2 * unit + 2 - w.pad_top) * w.in_w;
    if (written > read) return false;
  }
  return true;
}

/// Sizes of device/include/mote/depthwise_conv_2d_rows.hpp.
struct RowSlide {
  Window window;
  std::int64_t tap_words, channel_words, reach;
  std::int32_t chunk = 1;

  explicit RowSlide(const Window& given) : window(along_x(given)) {
    const Window& w = window;
    const std::int64_t outputs = (w.out_w + 3) / 4 * 4;
    tap_words = w.stride_w == 1 ? w.k_w / 2 + 1 : (w.k_w + 1) / 2;
    channel_words = (w.stride_w == 1 ? outputs / 2 : outputs) + tap_words - 1;
    reach = static_cast<std::int64_t>(w.k_h - 1) * w.dilation_h + 1;
    const std::int64_t budget =
        std::max<std::int64_t>(kScratchBytes, static_cast<std::int64_t>(w.in_h) * w.in_w * w.in_c / kScratchPart);
    const std::int64_t most = std::clamp<std::int64_t>((budget / (16 * channel_words) - reach) / w.stride_h + 1, 1, w.out_h);
    const std::int64_t passes = (w.out_h + most - 1) / most;
    chunk = static_cast<std::int32_t>((w.out_h + passes - 1) / passes);
  }

  std::int64_t held_rows() const { return static_cast<std::int64_t>(chunk - 1) * window.stride_h + reach; }
  std::int64_t taps() const { return tap_words * window.k_h * (window.stride_w == 1 ? 2 : 1); }
  std::int64_t scratch_bytes() const { return 16 * (held_rows() * channel_words + taps()); }

  /// As above: a pass writes its rows when all they are made from has been read.
  bool runs_in_place() const {
    const Window& w = window;
    if (static_cast<std::int64_t>(w.out_h) * w.out_w > static_cast<std::int64_t>(w.in_h) * w.in_w) return false;
    for (std::int64_t y = chunk; y < w.out_h; y += chunk) {
      if (y * w.out_w > ((y - 1) * w.stride_h - w.pad_top + reach) * w.in_w) return false;
    }
    return true;
  }
};

}  // namespace

std::int32_t right_shift(const Multiplier& scaling) { return scaling.multiplier == 0 ? 1 : -scaling.shift; }

void describe_rows(KernelCall& call, const Window& w) {
  call.set("batch", w.batch)
      .set("in_h", w.in_h)
      .set("in_w", w.in_w)
      .set("in_c", w.in_c)
      .set("out_h", w.out_h)
      .set("out_w", w.out_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
}

Window along_x(Window w) {
  if (w.in_w != 1 || w.out_w != 1 || w.k_w != 1 || w.pad_left != 0) return w;
  std::swap(w.in_h, w.in_w);
  std::swap(w.out_h, w.out_w);
  std::swap(w.k_h, w.k_w);
  std::swap(w.stride_h, w.stride_w);
  std::swap(w.dilation_h, w.dilation_w);
  std::swap(w.pad_top, w.pad_left);
  return w;
}

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

std::optional<FittedScaling> DepthwiseRows::fitted() const {
  constexpr std::pair<std::int32_t, std::int32_t> kWhole = {-128, 127};
  if (finish.range() != kWhole) return std::nullopt;
  const auto channels = static_cast<std::size_t>(window.out_c);
  FittedScaling result{.shift = 22, .channels = {}};
  // The largest shift with which no multiplier leaves int32.
  for (std::size_t c = 0; c < channels; ++c) {
    const Multiplier& by = finish.multiplier(c);
    if (by.multiplier == 0) return std::nullopt;
    result.shift = std::min(result.shift, FittedScaling::kWeightBits - 1 - by.shift);
  }
  if (result.shift < 1) return std::nullopt;
  for (std::size_t c = 0; c < channels; ++c) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (std::size_t i = c; i < weights.size(); i += channels) {
      const std::int64_t a = weights[i] * (-128 - static_cast<std::int64_t>(input_zero_point));
      const std::int64_t b = weights[i] * (127 - static_cast<std::int64_t>(input_zero_point));
      low += std::min(a, b);  // a tap beside the image adds 0, which lies between
      high += std::max(a, b);
    }
    const auto scaling = fit_thresholds(low, high, finish, c, {FittedScaling::kWeightBits, result.shift, bias[c]});
    if (!scaling) return std::nullopt;
    result.channels.push_back(*scaling);
  }
  return result;
}

bool DepthwiseRows::is_3x3() const { return is_3x3_shape() && scales_exactly(); }

bool DepthwiseRows::is_3x3_shape() const {
  const Window& w = window;
  const std::int32_t past_right = (w.out_w - 1) * w.stride_w + 3 - w.pad_left - w.in_w;
  return w.k_h == 3 && w.k_w == 3 && w.stride_h <= 2 && w.stride_w <= 2 && w.dilation_h == 1 && w.dilation_w == 1 &&
         w.pad_left <= 1 && past_right <= 1 && w.in_w <= kMostColumns && w.in_c <= kMostChannels;
}

double DepthwiseRows::cycles_3x3() const {
  const Window& w = window;
  const double groups = w.batch * ((w.in_c + 3) / 4);
  const double passes = (units(w) + chunk(w, Passes::kMany) - 1) / chunk(w, Passes::kMany);
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
  describe_rows(call, window);
  call.set("input_zero_point", input_zero_point).set("chunk", chunk(window, Passes::kMany));
  call.input(0)
      .constant("weights", packed)
      .constant("scaling", scaling)
      .output()
      .scratch(16L * window.in_w * (chunk(window, Passes::kMany) + 1));
  return runs_in_place(window, chunk(window, Passes::kMany)) ? call.in_place_of({0}) : call;
}

bool DepthwiseRows::is_3x3_fitted(Passes passes) const {
  if (!is_3x3_shape() || (passes != Passes::kMany && chunk(window, passes) == chunk(window, Passes::kMany))) return false;
  return fitted().has_value();
}

double DepthwiseRows::cycles_3x3_fitted(Passes passes) const {
  const Window& w = window;
  const std::int32_t units_of_pass = chunk(w, passes);
  const double groups = w.batch * ((w.in_c + 3) / 4);
  const double count = (units(w) + units_of_pass - 1) / units_of_pass;
  const double read = 15.0 * (units(w) + 1) * w.in_w;
  const double row = (w.stride_w == 1 ? 12.3 : 14.5) * w.out_w + 9.0;
  return groups * (100.0 + read + 4.0 * w.out_h * row + count * (400.0 + 10.0 * w.in_w));
}

KernelCall DepthwiseRows::lower_3x3_fitted(Passes passes) const {
  const std::int32_t units_of_pass = chunk(window, passes);
  const auto channels = static_cast<std::size_t>(window.out_c);
  const FittedScaling scaling = *fitted();
  std::vector<std::int32_t> taps;
  for (std::size_t c = 0; c < channels; ++c) {
    std::array<std::uint32_t, 3> words{};
    std::size_t at = 0;
    for (const std::size_t tap : {0, 1, 3, 4, 2, 6, 5, 7, 8}) {
      words[at / 4] |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(weights[tap * channels + c])) << (8 * (at % 4));
      ++at;
    }
    for (const std::uint32_t word : words) taps.push_back(static_cast<std::int32_t>(word));
    taps.push_back(scaling.channels[c].offset);
    taps.push_back(scaling.channels[c].multiplier);
  }
  KernelCall call("depthwise_conv_2d_3x3_fitted", "depthwise_conv_2d_3x3_fitted");
  describe_rows(call, window);
  call.set("input_zero_point", input_zero_point).set("chunk", units_of_pass).set("scale_shift", scaling.shift);
  call.input(0).constant("taps", taps).output().scratch(16L * window.in_w * (units_of_pass + 1));
  return runs_in_place(window, units_of_pass) ? call.in_place_of({0}) : call;
}

bool DepthwiseRows::is_row_slide() const {
  const RowSlide slide(window);
  const Window& w = slide.window;
  constexpr std::int64_t kMostScratch = 1 << 24;
  return w.stride_w <= 2 && w.dilation_w == 1 && slide.scratch_bytes() < kMostScratch && scales_exactly();
}

double DepthwiseRows::cycles_row_slide() const {
  const RowSlide slide(window);
  const Window& w = slide.window;
  const double groups = w.batch * ((w.in_c + 3) / 4);
  const double read = static_cast<double>(w.in_h) * (28.0 * static_cast<double>(slide.channel_words) + 150.0);
  const double sums = w.k_h * ((w.stride_w == 1 ? 11.0 : 14.0) * static_cast<double>(slide.tap_words) + 14.0) + 80.0;
  return groups * (900.0 + 40.0 * static_cast<double>(slide.taps()) + read + 4.0 * w.out_h * ((w.out_w + 3) / 4 * sums + 30.0));
}

KernelCall DepthwiseRows::lower_row_slide(const NodeView& node) const {
  const RowSlide slide(window);
  const auto channels = static_cast<std::size_t>(window.out_c);
  std::vector<std::int8_t> packed;
  std::vector<std::int32_t> scaling;
  std::vector<std::int8_t> shifts;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = c; i < weights.size(); i += channels) packed.push_back(weights[i]);
    scaling.push_back(2 * bias[c]);
    scaling.push_back(finish.multiplier(c).multiplier);
    shifts.push_back(static_cast<std::int8_t>(right_shift(finish.multiplier(c))));
  }
  KernelCall call("depthwise_conv_2d_rows", "depthwise_conv_2d_rows");
  finish.describe(call, node.output());
  describe_rows(call, slide.window);
  call.set("k_h", slide.window.k_h).set("k_w", slide.window.k_w).set("dilation_h", slide.window.dilation_h);
  call.set("input_zero_point", input_zero_point).set("chunk", slide.chunk).set("channel_words", slide.channel_words);
  call.input(0)
      .constant("weights", packed)
      .constant("scaling", scaling)
      .constant("shifts", shifts)
      .output()
      .scratch(slide.scratch_bytes());
  return slide.runs_in_place() ? call.in_place_of({0}) : call;
}

}  // namespace mote
