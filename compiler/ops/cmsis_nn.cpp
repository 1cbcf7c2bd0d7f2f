#include "ops/cmsis_nn.hpp"

#include <cstdlib>

namespace mote {

namespace {

constexpr std::string_view kConvolution[] = {
    "ConvolutionFunctions/arm_convolve_wrapper_s8.c", "ConvolutionFunctions/arm_convolve_1_x_n_s8.c",
    "ConvolutionFunctions/arm_convolve_1x1_s8.c",     "ConvolutionFunctions/arm_convolve_1x1_s8_fast.c",
    "ConvolutionFunctions/arm_convolve_s8.c",         "ConvolutionFunctions/arm_nn_mat_mult_kernel_s8_s16.c",
    "ConvolutionFunctions/arm_nn_mat_mult_s8.c",      "NNSupportFunctions/arm_nn_mat_mul_core_1x_s8.c",
    "NNSupportFunctions/arm_nn_mat_mul_core_4x_s8.c", "NNSupportFunctions/arm_nn_mat_mult_nt_t_s8.c",
    "NNSupportFunctions/arm_q7_to_q15_with_offset.c"};
constexpr std::string_view kConvolutionByRows[] = {"ConvolutionFunctions/arm_nn_mat_mult_kernel_s8_s16.c",
                                                   "NNSupportFunctions/arm_q7_to_q15_with_offset.c"};
constexpr std::string_view kDepthwise[] = {"ConvolutionFunctions/arm_depthwise_conv_wrapper_s8.c",
                                           "ConvolutionFunctions/arm_depthwise_conv_3x3_s8.c",
                                           "ConvolutionFunctions/arm_depthwise_conv_s8.c",
                                           "ConvolutionFunctions/arm_depthwise_conv_s8_opt.c",
                                           "NNSupportFunctions/arm_nn_depthwise_conv_nt_t_padded_s8.c",
                                           "NNSupportFunctions/arm_nn_depthwise_conv_nt_t_s8.c",
                                           "NNSupportFunctions/arm_q7_to_q15_with_offset.c"};
constexpr std::string_view kFullyConnected[] = {"FullyConnectedFunctions/arm_fully_connected_s8.c",
                                                "NNSupportFunctions/arm_nn_vec_mat_mult_t_s8.c"};
constexpr std::string_view kAveragePool = "PoolingFunctions/arm_avgpool_s8.c";
constexpr std::string_view kMaxPool = "PoolingFunctions/arm_max_pool_s8.c";

/// The library's depthwise convolution with Helium takes its channels in blocks of this many.
constexpr std::int64_t kMveChannelBlock = 124;
/// Positions and lengths are int16 or uint16 in some functions.
constexpr std::int64_t kLargestExtent = INT16_MAX;
constexpr std::int64_t kLargestColumn = UINT16_MAX;

/// Whether each position of the window along an axis has tap `tap` inside the input.
bool tap_inside(std::int32_t in, std::int32_t out, std::int32_t stride, std::int32_t dilation, std::int32_t pad,
                std::int32_t tap) {
  const std::int64_t first = std::int64_t{tap} * dilation - pad;
  return first >= 0 && first + (std::int64_t{out} - 1) * stride < in;
}

/// Whether each position of the window along an axis has some tap inside the input.
bool touches(std::int32_t in, std::int32_t out, std::int32_t stride, std::int32_t kernel, std::int32_t dilation,
             std::int32_t pad) {
  for (std::int64_t i = 0; i < out; ++i) {
    bool inside = false;
    for (std::int64_t tap = 0; tap < kernel && !inside; ++tap) {
      const std::int64_t at = i * stride - pad + tap * dilation;
      inside = at >= 0 && at < in;
    }
    if (!inside) return false;
  }
  return true;
}

/// Sizes the library's integers hold, and no window that lies wholly in the border.
bool window_fits(const Window& w) {
  for (const std::int32_t each : {w.in_h, w.in_w, w.in_c, w.out_h, w.out_w, w.out_c, w.k_h, w.k_w, w.stride_h, w.stride_w,
                                  w.dilation_h, w.dilation_w, w.pad_top, w.pad_left}) {
    if (each > kLargestExtent) return false;
  }
  if (std::int64_t{w.k_h} * w.k_w > kLargestColumn) return false;
  return touches(w.in_h, w.out_h, w.stride_h, w.k_h, w.dilation_h, w.pad_top) &&
         touches(w.in_w, w.out_w, w.stride_w, w.k_w, w.dilation_w, w.pad_left);
}

/// Whether no sum, in whatever order it is built, nor its scaling overflows: the library's C leaves that undefined.
/// `position(c, tap)` says where the weights of channel `c` stand.
template <typename Position>
bool sums_fit(std::span<const std::int8_t> weights, std::span<const std::int32_t> bias, std::size_t channels,
              const Finish& finish, Position position) {
  const std::size_t taps = weights.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    // Values and offset apart: at most 128 each.
    std::int64_t bound = bias.empty() ? 0 : std::abs(std::int64_t{bias[c]});
    for (std::size_t tap = 0; tap < taps; ++tap) bound += 256 * std::abs(weights[position(c, tap)]);
    const Multiplier& scaling = finish.multiplier(c);
    if (scaling.multiplier < 0 || scaling.shift < -30 || scaling.shift > 30) return false;
    if (bound >= (std::int64_t{1} << 30) >> std::max(scaling.shift, 0)) return false;
  }
  return true;
}

void pass_weights(KernelCall& call, const std::vector<std::int8_t>& weights, const std::vector<std::int32_t>& bias) {
  call.constant("weights", weights);
  if (bias.empty()) {
    call.null();
  } else {
    call.constant("bias", bias);
  }
}

void pass_scaling(KernelCall& call, const Finish& finish, std::size_t channels) {
  std::vector<std::int32_t> multipliers;
  std::vector<std::int32_t> shifts;
  for (std::size_t c = 0; c < channels; ++c) {
    multipliers.push_back(finish.multiplier(c).multiplier);
    shifts.push_back(finish.multiplier(c).shift);
  }
  call.constant("multipliers", multipliers).constant("shifts", shifts);
}

void pass_scratch(KernelCall& call, std::int64_t bytes) {
  call.set("scratch_bytes", bytes);
  if (bytes == 0) {
    call.null();
  } else {
    call.scratch(bytes);
  }
}

void describe_values(KernelCall& call, const Finish& finish, std::int32_t input_zero_point) {
  call.set("input_offset", -input_zero_point).set("output_offset", finish.zero_point());
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
}

bool is_plain_3x3(const Window& w) { return w.k_h == 3 && w.k_w == 3 && w.pad_top <= 1 && w.pad_left <= 1; }

}  // namespace

std::int64_t CmsisConvolution::macs() const {
  return element_count(window.output_shape()) * window.k_h * window.k_w * (depthwise ? 1 : window.in_c);
}

bool CmsisConvolution::applies(Isa isa) const {
  const Window& w = window;
  if (!window_fits(w)) return false;
  const auto channels = static_cast<std::size_t>(w.out_c);
  if (!depthwise) {
    if (std::int64_t{w.k_h} * w.k_w * w.in_c > kLargestColumn) return false;
    const std::size_t taps = weights.size() / channels;
    return sums_fit(weights, bias, channels, finish, [&](std::size_t c, std::size_t tap) { return c * taps + tap; });
  }
  // The 3x3 kernel asks only at its left and right column whether they lie inside.
  const bool one_each = w.in_c == w.out_c && w.dilation_h == 1 && w.dilation_w == 1;
  if (isa != Isa::kMve && one_each && is_plain_3x3(w) && !tap_inside(w.in_w, w.out_w, w.stride_w, 1, w.pad_left, 1)) return false;
  return sums_fit(weights, bias, channels, finish, [&](std::size_t c, std::size_t tap) { return tap * channels + c; });
}

std::int64_t CmsisConvolution::scratch_bytes(Isa isa) const {
  const Window& w = window;
  const bool dilated = w.dilation_h != 1 || w.dilation_w != 1;
  const std::int64_t taps = std::int64_t{w.k_h} * w.k_w;
  if (depthwise) {
    if (w.in_c != w.out_c || dilated || isa == Isa::kPortable) return 0;
    if (isa == Isa::kMve) return 4 * kMveChannelBlock * taps;
    return is_plain_3x3(w) ? 0 : 2 * taps * w.in_c;
  }
  if (taps == 1 && w.pad_top == 0 && w.pad_left == 0 && !dilated) return 0;
  if (isa != Isa::kMve) return 4 * taps * w.in_c;
  if (w.in_h == 1 && w.out_w % 4 == 0 && w.dilation_w == 1 && w.k_h == 1) return 0;
  return 4 * ((taps * w.in_c + 7) / 8 * 8);
}

bool CmsisConvolution::by_rows(Isa isa) const {
  return !depthwise && isa != Isa::kMve && scratch_bytes(isa) > 0 && window.dilation_w == 1 && window.out_h * window.out_w >= 2;
}

KernelCall CmsisConvolution::lower(Isa isa) const {
  KernelCall call("cmsis_nn", depthwise ? "cmsis_depthwise_conv_2d" : by_rows(isa) ? "cmsis_conv_2d_by_rows" : "cmsis_conv_2d");
  window.describe(call);
  describe_values(call, finish, input_zero_point);
  call.input(0);
  pass_weights(call, weights, bias);
  pass_scaling(call, finish, static_cast<std::size_t>(window.out_c));
  call.output();
  pass_scratch(call, scratch_bytes(isa));
  if (depthwise) {
    call.library_sources.assign(std::begin(kDepthwise), std::end(kDepthwise));
  } else if (by_rows(isa)) {
    call.library_sources.assign(std::begin(kConvolutionByRows), std::end(kConvolutionByRows));
  } else {
    call.library_sources.assign(std::begin(kConvolution), std::end(kConvolution));
  }
  return call;
}

CmsisConvolution CmsisFullyConnected::as_convolution() const {
  Window window;
  window.in_w = window.out_w = static_cast<std::int32_t>(rows);
  window.in_c = depth;
  window.out_c = units;
  return {window, false, weights, bias, input_zero_point, finish};
}

bool CmsisFullyConnected::applies(Isa isa) const {
  return rows <= kLargestExtent && units <= kLargestExtent && depth <= kLargestExtent && as_convolution().applies(isa);
}

KernelCall CmsisFullyConnected::lower(Isa isa) const {
  if (finish.multipliers().size() != 1) return as_convolution().lower(isa);
  KernelCall call("cmsis_nn", "cmsis_fully_connected");
  call.set("rows", rows).set("depth", depth).set("units", units);
  describe_values(call, finish, input_zero_point);
  call.set("multiplier", finish.multipliers()[0].multiplier).set("shift", finish.multipliers()[0].shift);
  call.input(0);
  pass_weights(call, weights, bias);
  call.output();
  call.library_sources.assign(std::begin(kFullyConnected), std::end(kFullyConnected));
  return call;
}

std::int64_t CmsisPool::macs() const { return element_count(window.output_shape()) * window.k_h * window.k_w; }

bool CmsisPool::applies(Isa) const { return window_fits(window); }

KernelCall CmsisPool::lower(Isa isa) const {
  KernelCall call("cmsis_nn", average ? "cmsis_average_pool_2d" : "cmsis_max_pool_2d");
  window.describe(call);
  call.set("clamp_min", range.first).set("clamp_max", range.second).input(0).output();
  pass_scratch(call, average && isa == Isa::kDsp ? 4 * std::int64_t{window.in_c} : 0);
  call.library_sources = {average ? kAveragePool : kMaxPool};
  return call;
}

std::vector<std::int8_t> cmsis_weights(const NodeView& node) {
  const auto values = node.input(1).values<std::int8_t>();
  return {values.begin(), values.end()};
}

std::vector<std::int32_t> cmsis_bias(const NodeView& node) {
  if (!node.has_input(2)) return {};
  const auto values = node.input(2).values<std::int32_t>();
  return {values.begin(), values.end()};
}

double cmsis_cycles(std::int64_t macs, Isa isa) {
  const double per_mac = isa == Isa::kMve ? 0.3 : isa == Isa::kDsp ? 1.5 : 6.0;
  return per_mac * static_cast<double>(macs);
}

}  // namespace mote
