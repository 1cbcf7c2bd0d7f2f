#include "ops/depthwise_scalar.hpp"

#include <algorithm>
#include <array>

#include "ops/overlap.hpp"
#include "ops/scalar_finish.hpp"
#include "ops/scalar_matrix.hpp"

namespace mote {

namespace {

/// A channel's sums without bias; the bias has the input's zero point folded in.
struct ChannelSums {
  std::int64_t low = 0, high = 0, bias = 0;
};

ChannelSums channel_sums(const DepthwiseRows& convolution, std::size_t channel) {
  ChannelSums sums{.bias = convolution.bias[channel]};
  for (std::size_t i = channel; i < convolution.weights.size(); i += convolution.bias.size()) {
    const std::int64_t weight = convolution.weights[i];
    sums.bias -= weight * convolution.input_zero_point;
    sums.low += std::min(weight * -128, weight * 127);
    sums.high += std::max(weight * -128, weight * 127);
  }
  return sums;
}

/// 13 words per channel: weights column by column, then those of scalar_finish.
std::vector<std::int32_t> pack(const DepthwiseRows& convolution) {
  std::vector<std::int32_t> table;
  const std::size_t channels = convolution.bias.size();
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t x = 0; x < 3; ++x) {
      for (std::size_t y = 0; y < 3; ++y) table.push_back(convolution.weights[(3 * y + x) * channels + c]);
    }
    const ChannelSums sums = channel_sums(convolution, c);
    const auto words = scalar_finish(sums.low, sums.high, static_cast<std::int32_t>(sums.bias), 0, convolution.finish, c);
    table.insert(table.end(), words.begin(), words.end());
  }
  return table;
}

bool scales_exactly(const DepthwiseRows& convolution) {
  for (std::size_t c = 0; c < convolution.bias.size(); ++c) {
    const ChannelSums sums = channel_sums(convolution, c);
    if (!scalar_scaling(sums.low + sums.bias, sums.high + sums.bias, convolution.finish, c)) return false;
  }
  return true;
}

bool two_rows(const Window& w) { return w.stride_h == 1 && w.out_h >= 2; }

/// The outputs of a pair of rows are made column by column, each channel from that channel alone; the last pair overlaps the one
/// before where rows are odd.
std::int64_t overlap_of_pairs(const Window& w) {
  const std::int64_t pixel = w.in_c;
  std::int64_t overlap = -std::int64_t{w.batch} * w.in_h * w.in_w * pixel;
  for (std::int64_t b = 0; b < w.batch; ++b) {
    for (std::int64_t next = 0; next < w.out_h; next += 2) {
      const std::int64_t y = std::min<std::int64_t>(next, w.out_h - 2);
      const std::int64_t row = std::max<std::int64_t>(0, y - w.pad_top);
      for (std::int64_t x = 0; x < w.out_w; ++x) {
        const std::int64_t column = std::max<std::int64_t>(0, x * w.stride_w - w.pad_left);
        const std::int64_t read = ((b * w.in_h + row) * w.in_w + column) * pixel;
        const std::int64_t written = (b * w.out_h + y + 1) * w.out_w + x;
        overlap = std::max(overlap, written * pixel - read);
      }
    }
  }
  return overlap;
}

}  // namespace

bool depthwise_scalar_applies(const DepthwiseRows& convolution) {
  const Window& w = convolution.window;
  return w.k_h == 3 && w.k_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 && scales_exactly(convolution);
}

double depthwise_scalar_cycles(const DepthwiseRows& convolution) {
  const Window& w = convolution.window;
  const double pixels = static_cast<double>(w.batch) * w.out_w;
  if (two_rows(w)) return pixels * ((w.out_h + 1) / 2) * (240 + 130.0 * w.out_c);
  return pixels * w.out_h * (150 + 88.0 * w.out_c);
}

KernelCall lower_depthwise_scalar(const DepthwiseRows& convolution, const NodeView& node) {
  const Window& w = convolution.window;
  KernelCall call("depthwise_conv_2d_scalar", "depthwise_conv_2d_scalar");
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.flag("pads", w.pads()).set("input_zero_point", node.input(0).zero_point());
  call.set("clamp_min", convolution.finish.range().first).set("clamp_max", convolution.finish.range().second);
  call.input(0).constant("table", pack(convolution)).output().scratch(w.pads() ? (two_rows(w) ? 12L : 9L) * w.in_c : 0);
  return call.overlapping(0, two_rows(w) ? overlap_of_pairs(w) : window_overlap(w, 1, {.ahead = ahead_in_lanes(w.in_c, 1)}));
}

}  // namespace mote
