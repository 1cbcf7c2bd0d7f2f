#include "ops/convolution_tiles.hpp"

#include <algorithm>

#include "ops/overlap.hpp"

#include "ops/row_scaling.hpp"
#include "ops/threshold_scaling.hpp"

namespace mote {

namespace {

// As in the device's header.
constexpr std::int32_t kMostRows = 3, kMostValues = 32;
constexpr std::int32_t kMostChannels = 512;
constexpr std::int32_t kMostSpan = 96;  ///< of three windows, copied where they reach over a border
constexpr std::int64_t kPixels = 3;
constexpr std::size_t kChannels = 3;
constexpr std::int64_t kLeastMacs = 40000;      ///< a kernel for each shape is 1 KB of flash; smaller layers share one
constexpr int kFittedBits = 8, kExactBits = 1;  ///< what sums and weights are multiplied by

std::int64_t pixels_of(const Window& w) { return std::int64_t{w.batch} * w.out_h * w.out_w; }

bool is_pointwise(const Window& w) { return w.k_h == 1 && w.k_w == 1 && w.stride_h == 1 && w.stride_w == 1 && !w.pads(); }

bool fits(const Window& w) {
  if (w.out_c < static_cast<std::int32_t>(kChannels) || w.out_c > kMostChannels) return false;
  if (w.k_h > kMostRows || w.k_h * w.k_w * w.in_c > kMostValues) return false;
  if (is_pointwise(w)) return pixels_of(w) >= kPixels;
  const bool touches_image = w.pad_left < w.k_w && (w.out_w - 1) * w.stride_w - w.pad_left < w.in_w;
  return (w.dilation_w == 1 || w.k_w == 1) && w.out_w >= kPixels && touches_image && w.in_w >= 2 * w.stride_w + w.k_w &&
         (2 * w.stride_w + w.k_w) * w.in_c <= kMostSpan;
}

/// A channel whose proof succeeded.
struct Channel {
  std::int32_t start = 0;             ///< of its sums, scaled
  std::vector<std::int32_t> weights;  ///< scaled
  std::vector<std::int32_t> scaling;
};

struct Tiles {
  bool fitted = false;
  std::int32_t shift = 0;  ///< 0: each channel has its own
  std::vector<Channel> channels;
};

class Packer {
 public:
  explicit Packer(const PackedConvolution& convolution)
      : convolution_(convolution), depth_(convolution.weights.size() / convolution.bias.size()) {
    for (std::size_t c = 0; c < convolution.bias.size(); ++c) {
      sums_.push_back(row_sums(weights(c), convolution.bias[c]));
      constants_.push_back(constant_output(sums_[c], convolution.finish, c));
    }
  }

  std::optional<Tiles> fitted() const {
    constexpr int kMostShift = 20;
    ThresholdForm form{.sum_bits = kFittedBits, .shift = kMostShift};
    for (std::size_t c = 0; c < sums_.size(); ++c) {
      if (!constants_[c]) form.shift = std::min(form.shift, most_threshold_shift(convolution_.finish, c, form.sum_bits));
    }
    if (form.shift < 1) return std::nullopt;
    Tiles tiles{true, form.shift, {}};
    for (std::size_t c = 0; c < sums_.size(); ++c) {
      const auto scaling = constants_[c] ? constant_threshold_scaling(*constants_[c], form)
                                         : fit_thresholds(sums_[c].low, sums_[c].high, convolution_.finish, c, form);
      if (!scaling) return std::nullopt;
      Channel channel = scaled(c, kFittedBits);
      channel.start = wrap_add(channel.start, scaling->offset);
      channel.scaling = {scaling->multiplier};
      tiles.channels.push_back(std::move(channel));
    }
    return tiles;
  }

  std::optional<Tiles> exact() const {
    std::vector<RowScaling> scalings;
    for (std::size_t c = 0; c < sums_.size(); ++c) {
      const auto scaling = constants_[c] ? constant_scaling(*constants_[c]) : row_scaling(sums_[c], convolution_.finish, c);
      if (!scaling) return std::nullopt;
      scalings.push_back(*scaling);
    }
    const std::int32_t shift = common_shift(scalings);
    Tiles tiles{false, shift, {}};
    for (std::size_t c = 0; c < scalings.size(); ++c) {
      Channel channel = scaled(c, kExactBits);
      const RowScaling scaling = constants_[c] && shift > 0 ? constant_scaling(*constants_[c], shift) : scalings[c];
      channel.scaling = {scaling.multiplier, scaling.offset};
      if (shift == 0) channel.scaling.push_back(scaling.shift);
      tiles.channels.push_back(std::move(channel));
    }
    return tiles;
  }

 private:
  std::span<const std::int8_t> weights(std::size_t c) const {
    return std::span(convolution_.weights).subspan(c * depth_, depth_);
  }

  /// Bias and weights times 2^bits; all zero where the output is constant.
  Channel scaled(std::size_t c, int bits) const {
    const auto order = window_order(convolution_.window.k_h, convolution_.window.k_w * convolution_.window.in_c);
    const std::int32_t by = std::int32_t{1} << bits;
    Channel channel{0, std::vector<std::int32_t>(order.size()), {}};
    if (constants_[c]) return channel;
    channel.start = wrap_multiply(convolution_.bias[c], by);
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i] >= 0) channel.weights[i] = by * weights(c)[static_cast<std::size_t>(order[i])];
    }
    return channel;
  }

  std::int32_t common_shift(const std::vector<RowScaling>& scalings) const {
    std::int32_t shift = 0;
    for (std::size_t c = 0; c < scalings.size(); ++c) {
      if (constants_[c]) continue;
      if (shift != 0 && scalings[c].shift != shift) return 0;
      shift = scalings[c].shift;
    }
    return shift == 0 ? 1 : shift;
  }

  const PackedConvolution& convolution_;
  std::size_t depth_;
  std::vector<RowSums> sums_;
  std::vector<std::optional<std::int32_t>> constants_;
};

std::optional<Tiles> make_tiles(const PackedConvolution& convolution) {
  const Packer packer(convolution);
  auto tiles = packer.fitted();
  return tiles ? tiles : packer.exact();
}

std::vector<std::int32_t> words_of(const Tiles& tiles) {
  std::vector<std::int32_t> words;
  for (std::size_t first = 0; first < tiles.channels.size(); first += kChannels) {
    const auto block = std::span(tiles.channels).subspan(first, std::min(kChannels, tiles.channels.size() - first));
    for (const Channel& channel : block) words.push_back(channel.start);
    for (std::size_t i = 0; i < block[0].weights.size(); i += 2) {
      for (const Channel& channel : block) words.push_back(halfword_pair(channel.weights[i], channel.weights[i + 1]));
    }
    for (const Channel& channel : block) words.insert(words.end(), channel.scaling.begin(), channel.scaling.end());
  }
  return words;
}

}  // namespace

bool tiles_pay(const PackedConvolution& convolution) {
  const Window& w = convolution.window;
  return pixels_of(w) * w.k_h * w.k_w * w.in_c * w.out_c >= kLeastMacs;
}

bool tiles_apply(const PackedConvolution& convolution) { return fits(convolution.window) && make_tiles(convolution).has_value(); }

double tiles_cycles(const PackedConvolution& convolution) {
  const Window& w = convolution.window;
  const bool fitted = Packer(convolution).fitted().has_value();
  const std::int32_t row = w.k_w * w.in_c;
  const double left_over = w.k_h * (row % 4);
  const double steps = (w.k_h * row + 1) / 2;
  const double block = 16 * steps + (fitted ? 45 : 70);
  const double tail = w.out_c % 3 == 0 ? 0 : (w.out_c % 3 == 2 ? 12 * steps + 35 : 8 * steps + 25);
  const double triples = static_cast<double>((pixels_of(w) + 2) / 3);
  const double rows = is_pointwise(w) ? 1 : w.batch * w.out_h;
  return rows * (is_pointwise(w) ? 150 : 400) + triples * (30 + 8 * steps + 4 * left_over + (w.out_c / 3) * block + tail);
}

KernelCall lower_tiles(const PackedConvolution& convolution, std::int32_t input_zero_point) {
  const Window& w = convolution.window;
  const Tiles tiles = make_tiles(convolution).value();
  KernelCall call("conv_2d_tiles", is_pointwise(w) ? "conv_2d_pointwise_tiles" : "conv_2d_tiles");
  call.set("in_c", w.in_c).set("out_c", w.out_c);
  if (is_pointwise(w)) {
    call.set("pixels", pixels_of(w));
  } else {
    call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("out_h", w.out_h).set("out_w", w.out_w);
    call.set("k_h", w.k_h).set("k_w", w.k_w).set("stride_h", w.stride_h).set("stride_w", w.stride_w);
    call.set("dilation_h", w.dilation_h).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
    call.flag("pads", w.pads()).set("input_zero_point", input_zero_point);
  }
  call.flag("fitted", tiles.fitted).set("shift", tiles.shift);
  call.set("clamp_min", convolution.finish.range().first).set("clamp_max", convolution.finish.range().second);
  const PixelOrder order{.tile = kPixels, .run = is_pointwise(w) ? 0 : w.out_w, .overlaps_last = true};
  return call.input(0).constant("matrix", words_of(tiles)).output().overlapping(0, window_overlap(w, 1, order));
}

std::int64_t tiles_code_bytes(const NodeView& node) {
  const std::int64_t taps = static_cast<std::int64_t>(node.input(1).shape[1]) * node.input(1).shape[2];
  const std::int64_t values = taps * node.input(0).shape[3];
  return 400 + 62 * values + (taps > 1 ? 900 : 0);
}

}  // namespace mote
