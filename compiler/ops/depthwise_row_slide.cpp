#include "ops/depthwise_row_slide.hpp"

#include <algorithm>

namespace mote {

namespace {

constexpr std::int32_t kMostColumns = 8;
constexpr std::int32_t kPart = 6;  ///< columns of a part of a longer row of taps
/// Multiply instructions of a row of taps: they are not in a loop.
constexpr std::int32_t kMostUnrolled = 320;
/// Offsets in instructions.
constexpr std::int64_t kOffsetBits = 12;
constexpr std::int64_t kMovedBits = 16;
/// Scratch memory is cut to about this size, or to a part of the input's, when the image is larger.
constexpr std::int64_t kScratchBytes = 2560;
constexpr std::int64_t kScratchPart = 6;
/// What the device reads behind a row of taps.
constexpr std::size_t kReadPast = 8;

std::int32_t words_of_taps(std::int32_t k_w, std::int32_t stride_w, std::int32_t pad_left) {
  if (stride_w % 2 != 0) return std::max(k_w - 1, 1);
  return pad_left % 2 != 0 ? k_w / 2 + 1 : (k_w + 1) / 2;
}

}  // namespace

DepthwiseRowSlide::DepthwiseRowSlide(const DepthwiseRows& convolution)
    : convolution_(convolution), window_(along_x(convolution.window)) {
  const Window& w = window_;
  const bool beside = w.pad_left > 0 || static_cast<std::int64_t>(w.out_w - 1) * w.stride_w + w.k_w > w.in_w;
  if (w.k_w > kMostColumns && w.k_h == 1 && w.in_h == 1 && w.out_h == 1 && w.pad_top == 0 && !beside) {
    parts_ = (w.k_w + kPart - 1) / kPart;
  }
  k_w_ = parts_ > 1 ? kPart : w.k_w;
  tap_words_ = words_of_taps(k_w_, w.stride_w, w.pad_left);
  channel_words_ = (w.in_w + 1) / 2;
  if (parts_ > 1) {
    const std::int64_t read = static_cast<std::int64_t>(w.out_w - 1) * w.stride_w + kPart * parts_;
    channel_words_ = std::max(channel_words_, read / 2 + 1);
  }
  const std::int64_t budget = std::max(kScratchBytes, static_cast<std::int64_t>(w.in_h) * w.in_w * w.in_c / kScratchPart);
  const std::int64_t most = std::clamp<std::int64_t>((budget / (16 * channel_words_) - reach()) / w.stride_h + 1, 1, w.out_h);
  const std::int64_t passes = (w.out_h + most - 1) / most;
  chunk_ = static_cast<std::int32_t>((w.out_h + passes - 1) / passes);
}

std::int64_t DepthwiseRowSlide::rows_inside(std::int64_t y) const {
  if (parts_ > 1) return parts_;
  std::int64_t count = 0;
  for (std::int64_t ky = 0; ky < window_.k_h; ++ky) {
    const std::int64_t row = y * window_.stride_h - window_.pad_top + ky * window_.dilation_h;
    if (row >= 0 && row < window_.in_h) ++count;
  }
  return count;
}

bool DepthwiseRowSlide::runs_in_place() const {
  const Window& w = window_;
  if (static_cast<std::int64_t>(w.out_h) * w.out_w > static_cast<std::int64_t>(w.in_h) * w.in_w) return false;
  // A pass writes its rows when all they are made from has been read.
  for (std::int64_t y = chunk_; y < w.out_h; y += chunk_) {
    if (y * w.out_w > ((y - 1) * w.stride_h - w.pad_top + reach()) * w.in_w) return false;
  }
  return true;
}

bool DepthwiseRowSlide::applies() const {
  const Window& w = window_;
  if (k_w_ > kMostColumns || w.dilation_w != 1 || w.out_w * static_cast<std::int64_t>(tap_words_) > kMostUnrolled) return false;
  if (w.pad_left >= w.k_w || static_cast<std::int64_t>(w.out_w - 1) * w.stride_w - w.pad_left >= w.in_w) return false;
  const std::int64_t row_bytes = 4 * channel_words_;
  if (row_bytes >> kOffsetBits || (std::int64_t{4} * tap_words_ * tap_rows()) >> kOffsetBits || w.in_c >> kOffsetBits)
    return false;
  if ((4 * row_bytes * w.dilation_h) >> kMovedBits || (static_cast<std::int64_t>(w.out_w) * w.in_c) >> kMovedBits) return false;
  for (std::int64_t y = 0; y < w.out_h; ++y) {
    if (rows_inside(y) == 0) return false;
  }
  return convolution_.scales_exactly() || convolution_.fitted();
}

double DepthwiseRowSlide::cycles() const {
  const Window& w = window_;
  const double groups = w.batch * ((w.in_c + 3) / 4);
  const std::int32_t most = std::min(8, 11 - tap_words_);
  const std::int32_t parts = (w.out_w + most - 1) / most;
  const double sums = static_cast<double>(w.out_w) / parts;
  // Columns of a window that lie inside the image.
  double inside = 0;
  for (std::int64_t x = 0; x < w.out_w; ++x) {
    const std::int64_t first = x * w.stride_w - w.pad_left;
    inside += static_cast<double>(std::min<std::int64_t>(first + k_w_, w.in_w) - std::max<std::int64_t>(first, 0));
  }
  inside /= w.out_w;
  const double words = std::min<double>((sums * w.stride_w + k_w_) / 2, static_cast<double>(channel_words_));
  const double taps = tap_words_ + 1.0 + 1.7 * words + sums * (inside + 1.0) / 2 + 6.0;
  double rows = 0;
  for (std::int64_t y = 0; y < w.out_h; ++y) rows += static_cast<double>(rows_inside(y));
  const double finish = convolution_.fitted() ? 4.0 : 7.0;
  const double read = static_cast<double>(w.in_h) * (100.0 + 16.0 * static_cast<double>(channel_words_));
  const double slide = rows * parts * taps + w.out_h * (30.0 + parts * 14.0 + finish * w.out_w);
  return groups * (200.0 + 4.0 * tap_rows() * (12.0 + 4.0 * tap_words_) + read + 50.0 * w.out_h + 4.0 * slide);
}

KernelCall DepthwiseRowSlide::lower(const NodeView& node) const {
  const Window& w = window_;
  const auto channels = static_cast<std::size_t>(w.out_c);
  const std::optional<FittedScaling> fitted = convolution_.fitted();
  std::vector<std::int8_t> packed;
  std::vector<std::int32_t> scaling;
  const std::size_t taps = static_cast<std::size_t>(tap_rows()) * static_cast<std::size_t>(k_w_);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = c; i < convolution_.weights.size(); i += channels) packed.push_back(convolution_.weights[i]);
    packed.resize((c + 1) * taps);
    if (fitted) {
      scaling.push_back(fitted->channels[c].offset);
      scaling.push_back(fitted->channels[c].multiplier);
    } else {
      scaling.push_back(2 * convolution_.bias[c]);
      scaling.push_back(convolution_.finish.multiplier(c).multiplier);
      scaling.push_back(right_shift(convolution_.finish.multiplier(c)));
    }
  }
  packed.resize(packed.size() + kReadPast);
  KernelCall call("depthwise_conv_2d_row_slide", "depthwise_conv_2d_row_slide");
  convolution_.finish.describe(call, node.output());
  describe_rows(call, w);
  call.set("k_h", tap_rows()).set("k_w", k_w_).set("dilation_h", w.dilation_h).flag("split", parts_ > 1);
  call.set("tap_pitch", parts_ > 1 ? kPart / 2 : 4 * channel_words_ * w.dilation_h);
  call.set("input_zero_point", convolution_.input_zero_point).set("chunk", chunk_).set("channel_words", channel_words_);
  call.set("scale_shift", fitted ? fitted->shift : 0);
  call.input(0).constant("weights", packed).constant("scaling", scaling).output().scratch(scratch_bytes());
  return runs_in_place() ? call.in_place_of({0}) : call;
}

}  // namespace mote
