#include "ops/rv32_depthwise.hpp"

#include <algorithm>

#include "ops/scalar_matrix.hpp"

namespace mote {

namespace {

struct Rv32Depthwise {
  bool fitted = false;
  int shift = 0;
  std::vector<std::int32_t> table;
};

/// Nothing when a channel's sums or requantization cannot be proven exact. The kernel's sums wrap; whole ones fit int32.
std::optional<Rv32Depthwise> pack(const DepthwiseRows& convolution) {
  Rv32Depthwise result;
  const auto scaling = convolution.fitted();
  result.fitted = scaling.has_value();
  result.shift = scaling ? scaling->shift : 0;
  const std::int32_t unit = scaling ? 1 << FittedScaling::kWeightBits : 1;
  const auto zero_point = static_cast<std::int64_t>(convolution.input_zero_point);
  const std::size_t channels = convolution.bias.size();
  for (std::size_t c = 0; c < channels; ++c) {
    std::int64_t columns[3] = {}, low = 0, high = 0;
    std::vector<std::int32_t> weights;
    for (std::size_t i = c; i < convolution.weights.size(); i += channels) {
      const std::int64_t weight = convolution.weights[i];
      columns[weights.size() % 3] += weight * zero_point;
      low += std::min(weight * (-128 - zero_point), weight * (127 - zero_point));
      high += std::max(weight * (-128 - zero_point), weight * (127 - zero_point));
      weights.push_back(static_cast<std::int32_t>(weight) * unit);
    }
    const std::int64_t bias = convolution.bias[c];
    const std::int64_t first = (scaling ? scaling->channels[c].offset : bias) - unit * (columns[0] + columns[1] + columns[2]);
    result.table.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(first)));
    result.table.push_back(static_cast<std::int32_t>(unit * columns[0]));
    result.table.push_back(static_cast<std::int32_t>(unit * columns[2]));
    result.table.insert(result.table.end(), weights.begin(), weights.end());
    if (scaling) {
      result.table.push_back(scaling->channels[c].multiplier);
    } else {
      const auto each = scalar_scaling(bias + low, bias + high, convolution.finish, c);
      if (!each) return std::nullopt;
      result.table.insert(result.table.end(), {each->multiplier, each->offset, each->shift});
    }
  }
  return result;
}

bool pads_rows(const Window& w) { return w.pad_top > 0 || (w.out_h - 1) * w.stride_h + 3 - w.pad_top > w.in_h; }

}  // namespace

bool depthwise_rv32_applies(const DepthwiseRows& convolution) {
  return convolution.is_3x3_shape() && convolution.window.in_w >= 2 && pack(convolution).has_value();
}

double depthwise_rv32_cycles(const DepthwiseRows& convolution) {
  const Window& w = convolution.window;
  const double channels = static_cast<double>(w.batch) * w.out_c;
  return channels * (50 + w.out_h * (25 + 32.0 * w.out_w));
}

KernelCall lower_depthwise_rv32(const DepthwiseRows& convolution, const NodeView& node) {
  const Window& w = convolution.window;
  const auto packed = pack(convolution).value();
  KernelCall call("depthwise_conv_2d_rv32", "depthwise_conv_2d_rv32");
  describe_rows(call, w);
  call.flag("pads_rows", pads_rows(w)).set("input_zero_point", node.input(0).zero_point());
  call.flag("fitted", packed.fitted).set("scale_shift", packed.shift);
  call.set("clamp_min", convolution.finish.range().first).set("clamp_max", convolution.finish.range().second);
  const std::int64_t row = static_cast<std::int64_t>(w.in_w) * w.in_c;
  return call.input(0).constant("table", packed.table).output().scratch(pads_rows(w) ? row : 0);
}

}  // namespace mote
