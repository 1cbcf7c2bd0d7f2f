#include "ops/depthwise_scalar.hpp"

#include "ops/scalar_matrix.hpp"

namespace mote {

namespace {

/// 13 words per channel, or nothing when a channel's sums or requantization cannot be proven exact.
std::optional<std::vector<std::int32_t>> pack(const DepthwiseRows& convolution) {
  std::vector<std::int32_t> table;
  const std::size_t channels = convolution.bias.size();
  for (std::size_t c = 0; c < channels; ++c) {
    std::int64_t bias = convolution.bias[c], low = 0, high = 0;
    for (std::size_t i = c; i < convolution.weights.size(); i += channels) {
      const std::int64_t weight = convolution.weights[i];
      bias -= weight * convolution.input_zero_point;
      low += std::min(weight * -128, weight * 127);
      high += std::max(weight * -128, weight * 127);
    }
    const auto scaling = scalar_scaling(bias + low, bias + high, convolution.finish, c);
    if (!scaling) return std::nullopt;
    table.push_back(static_cast<std::int32_t>(bias));
    for (std::size_t i = c; i < convolution.weights.size(); i += channels) table.push_back(convolution.weights[i]);
    table.insert(table.end(), {scaling->multiplier, scaling->offset + (std::int32_t{1} << 15), scaling->shift});
  }
  return table;
}

}  // namespace

bool depthwise_scalar_applies(const DepthwiseRows& convolution) {
  const Window& w = convolution.window;
  return w.k_h == 3 && w.k_w == 3 && w.dilation_h == 1 && w.dilation_w == 1 && pack(convolution).has_value();
}

double depthwise_scalar_cycles(const DepthwiseRows& convolution) {
  const Window& w = convolution.window;
  const double pixels = static_cast<double>(w.batch) * w.out_h * w.out_w;
  return pixels * (90 + 102.0 * w.out_c);
}

KernelCall lower_depthwise_scalar(const DepthwiseRows& convolution, const NodeView& node) {
  const Window& w = convolution.window;
  KernelCall call("depthwise_conv_2d_scalar", "depthwise_conv_2d_scalar");
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.flag("pads", w.pads()).set("input_zero_point", node.input(0).zero_point());
  call.set("clamp_min", convolution.finish.range().first).set("clamp_max", convolution.finish.range().second);
  return call.input(0).constant("table", pack(convolution).value()).output().scratch(w.pads() ? 9L * w.in_c : 0);
}

}  // namespace mote
