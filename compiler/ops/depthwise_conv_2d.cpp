// DEPTHWISE_CONV_2D: NHWC activations, weights [1][k_h][k_w][in_c * multiplier], bias [in_c * multiplier]. Output channel
// c * multiplier + m comes from input channel c.
// Source: TensorFlow Lite DEPTHWISE_CONV_2D and its 8-bit quantization specification.

#include <algorithm>

#include "ops/cmsis_nn.hpp"
#include "ops/convolution_rows.hpp"
#include "ops/define.hpp"
#include "ops/depthwise_mve.hpp"
#include "ops/depthwise_row_slide.hpp"
#include "ops/depthwise_rows.hpp"
#include "ops/depthwise_scalar.hpp"
#include "ops/float_convolution.hpp"
#include "ops/int8_convolution.hpp"
#include "ops/overlap.hpp"
#include "ops/rv32_depthwise.hpp"
#include "ops/weight_only.hpp"
#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

namespace {

class DepthwiseConv2d : public OperatorBase<DepthwiseConv2d> {
 public:
  static constexpr std::string_view kName = "depthwise_conv_2d";
  static constexpr VersionsByType kTfliteVersions{.int8 = 3, .int16 = 5};
  static const std::vector<Implementation> kRows;

  Padding padding;
  std::int32_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("padding", padding);
    v.visit("stride_h", stride_h);
    v.visit("stride_w", stride_w);
    v.visit("dilation_h", dilation_h);
    v.visit("dilation_w", dilation_w);
    v.visit("activation", activation);
  }

  // The file's depth_multiplier is redundant, and 0 in some files: the weights' shape decides, as in TFLite.
  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::DepthwiseConv2DOptions>(op);
    if (given == nullptr) return;
    padding = read_padding(given->padding());
    stride_h = given->stride_h();
    stride_w = given->stride_w();
    dilation_h = given->dilation_h_factor();
    dilation_w = given->dilation_w_factor();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    const Window w = window(to.node());
    to.set(tflite::CreateDepthwiseConv2DOptions(to.builder(), write_padding(padding), stride_w, stride_h, w.out_c / w.in_c,
                                                write_activation(activation), dilation_w, dilation_h));
    if (dilation_h != 1 || dilation_w != 1) to.require_version(2);
  }

  Window window(const NodeView& node) const {
    const Tensor& in = node.input(0);
    const Tensor& weights = node.input(1);
    require_rank(in, 4, 4);
    require_rank(weights, 4, 4);
    Window w{in.shape[0],      in.shape[1],      in.shape[2], in.shape[3], 1,          1,         weights.shape[3],
             weights.shape[1], weights.shape[2], stride_h,    stride_w,    dilation_h, dilation_w};
    w.place(padding);
    return w;
  }

  Accumulator check(const NodeView& node) const {
    require_inputs(node, 2, 3);
    return check_weighted(node, 0, 1, 2, node.input(1).shape.size() == 4 ? node.input(1).shape[3] : 0, 3);
  }

  Finish finish(const NodeView& node) const {
    return {node, 0, 1, activation};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Window w = window(node);
    check(node);
    if (node.input(1).shape[0] != 1 || w.out_c % w.in_c != 0) {
      throw Error(fmt::format("weights {} do not fit {} input channels", to_string(node.input(1).shape), w.in_c));
    }
    if (node.has_input(2) && node.input(0).type == DataType::kInt16) require_type(node.input(2), {DataType::kInt64});
    finish(node);
    return {{node.input(0).type, w.output_shape()}};
  }

  std::int64_t macs(const NodeView& node) const override {
    const Window w = window(node);
    return element_count(w.output_shape()) * w.k_h * w.k_w;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::weighted(0, {.output_axis = 3});
  }
  std::optional<WeightTaps> weight_taps(const NodeView& node) const override { return window(node).taps(1); }

  void evaluate(const Evaluation& e) const override {
    const bool floats = is_float(e.input(0).type) && is_float(e.input(1).type);
    const bool one_each = e.input(1).shape[3] == e.input(0).shape[3];
    if (floats && one_each) return convolve_floats_depthwise(e, window(e), finish(e));
    if (e.input(0).type == DataType::kInt8 && one_each) return convolve_int8_depthwise(e, window(e), finish(e));
    with_types(e, check(e), 0,
               [&](auto in, auto weight, auto sum) { convolve<decltype(in), decltype(weight), decltype(sum)>(e); });
  }

  ChannelFlow channel_flow(const NodeView& node) const override {
    return node.input(1).shape[3] == node.input(0).shape[3] ? ChannelFlow::kCoupled : ChannelFlow::kSpread;
  }

  Ranges output_ranges(const NodeView& node, const Ranges& in) const override {
    const Window w = window(node);
    const Finish last = finish(node);
    const auto weights = node.input(1).values<std::int8_t>();
    const std::int64_t zero = node.input(0).zero_point();
    const bool padded = w.pads();
    Ranges result;
    for (std::size_t c = 0; c < in.size(); ++c) {
      std::int64_t lowest = node.has_input(2) ? node.input(2).values<std::int32_t>()[c] : 0;
      std::int64_t highest = lowest;
      for (std::size_t tap = c; tap < weights.size(); tap += in.size()) {
        const std::int64_t a = weights[tap] * (in[c].lowest - zero);
        const std::int64_t b = weights[tap] * (in[c].highest - zero);
        lowest += padded ? std::min<std::int64_t>({a, b, 0}) : std::min(a, b);
        highest += padded ? std::max<std::int64_t>({a, b, 0}) : std::max(a, b);
      }
      result.push_back(last.interval(lowest, highest, c));
    }
    return result;
  }

  void keep_channels(Graph& graph, Node& node, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>& keep_outputs) const override {
    node.inputs[1] = keep_positions(graph, node.inputs[1], keep_outputs);
    if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor)
      node.inputs[2] = keep_positions(graph, node.inputs[2], keep_outputs);
  }

 private:
  template <typename In, typename Weight, typename Sum>
  void convolve(const Evaluation& e) const {
    const Window w = window(e);
    const Finish last = finish(e);
    const std::int32_t multiplier = w.out_c / w.in_c;
    const In zero = static_cast<In>(e.input(0).zero_point());
    const In* in = e.in<In>(0).data();
    const Weight* weights = e.in<Weight>(1).data();
    In* out = e.out<In>().data();
    for (std::int32_t b = 0; b < w.batch; ++b)
      for (std::int32_t y = 0; y < w.out_h; ++y)
        for (std::int32_t x = 0; x < w.out_w; ++x)
          for (std::int32_t c = 0; c < w.out_c; ++c) {
            Sum sum{};
            for (std::int32_t ky = 0; ky < w.k_h; ++ky)
              for (std::int32_t kx = 0; kx < w.k_w; ++kx) {
                const std::int32_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
                const std::int32_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
                if (iy < 0 || iy >= w.in_h || ix < 0 || ix >= w.in_w) continue;
                const In value = in[((static_cast<std::int64_t>(b) * w.in_h + iy) * w.in_w + ix) * w.in_c + c / multiplier];
                const Weight tap = weights[(static_cast<std::int64_t>(ky) * w.k_w + kx) * w.out_c + c];
                sum = multiply_add(sum, static_cast<Sum>(value) - static_cast<Sum>(zero), static_cast<Sum>(tap));
              }
            *out++ = last.apply<In>(last.with_bias(sum, bias_or_zero<Sum>(e, 2, static_cast<std::size_t>(c)), static_cast<std::size_t>(c)),
                                    static_cast<std::size_t>(c));
          }
  }
};

/// How far the output of a kernel that makes one channel after the other may lie inside the input.
std::int64_t channel_by_channel(const NodeView& node) {
  const Window w = DepthwiseConv2d::of(node).window(node);
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(0).type));
  return window_overlap(w, value_bytes, {.ahead = ahead_by_channel(w, value_bytes, 1)});
}

KernelCall lower_direct(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  KernelCall call("depthwise_conv_2d", "depthwise_conv_2d");
  call.type("Input", node.input(0).type).type("Weight", node.input(1).type).type("Sum", sum_type(op.check(node)));
  const Finish last = op.finish(node);
  last.describe(call, node.output());
  op.window(node).describe(call);
  call.set("input_zero_point", node.input(0).zero_point());
  call.input(0).constant("weights", node.input(1));
  pass_bias(call, node, 2);
  last.tables(call, static_cast<std::size_t>(node.input(1).shape[3]));
  return call.output().overlapping(0, channel_by_channel(node));
}

/// The weights channel after channel.
std::vector<std::int8_t> by_channel(const NodeView& node) {
  const auto weights = node.input(1).values<std::int8_t>();
  const auto channels = static_cast<std::size_t>(node.input(1).shape[3]);
  const std::size_t taps = weights.size() / channels;
  std::vector<std::int8_t> turned(weights.size());
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t tap = 0; tap < taps; ++tap) turned[c * taps + tap] = weights[tap * channels + c];
  }
  return turned;
}

/// A convolution whose groups have one input channel each.
KernelCall lower_int8_weights(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  return lower_weight_only(node, op.window(node), 1, by_channel(node), op.finish(node));
}

/// Whether the result is one pixel with every tap inside, a channel of it from each channel.
bool is_one_pixel(const NodeView& node) {
  const Window w = DepthwiseConv2d::of(node).window(node);
  const bool one = w.batch == 1 && w.out_h == 1 && w.out_w == 1;
  return one && w.in_c == w.out_c && !w.pads() && is_not_weight_only(node);
}
double one_pixel_cycles(const NodeView& node) {
  return 3.6 * static_cast<double>(DepthwiseConv2d::of(node).macs(node)) + 39.0 * static_cast<double>(node.output().elements());
}

KernelCall lower_one_pixel(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  KernelCall call("depthwise_conv_2d_pixel", "depthwise_conv_2d_pixel");
  call.type("Input", node.input(0).type).type("Weight", node.input(1).type).type("Sum", sum_type(op.check(node)));
  const Finish last = op.finish(node);
  last.describe(call, node.output());
  op.window(node).describe(call);
  call.input(0).constant("weights", node.input(1));
  const auto channels = static_cast<std::size_t>(node.input(1).shape[3]);
  if (node.input(0).type == DataType::kInt8) {
    call.flag("has_bias", true).constant("bias", folded_bias(by_channel(node), node, 0, 2, channels));
  } else {
    pass_bias(call, node, 2);
  }
  last.tables(call, channels);
  return call.output().overlapping(0, channel_by_channel(node));
}

/// With one input channel it is a convolution, whose weights stand channel after channel.
std::optional<PackedConvolution> packed(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8 || w.in_c != 1) return std::nullopt;
  const auto channels = static_cast<std::size_t>(w.out_c);
  std::vector<std::int8_t> weights = by_channel(node);
  std::vector<std::int32_t> bias = folded_bias(weights, node, 0, 2, channels);
  return PackedConvolution{w, std::move(weights), std::move(bias), op.finish(node)};
}

std::optional<DepthwiseRows> rows(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8 || w.in_c != w.out_c) return std::nullopt;
  const auto weights = node.input(1).values<std::int8_t>();
  std::vector<std::int32_t> bias(static_cast<std::size_t>(w.out_c));
  if (node.has_input(2)) std::ranges::copy(node.input(2).values<std::int32_t>(), bias.begin());
  return DepthwiseRows{w, {weights.begin(), weights.end()}, std::move(bias), node.input(0).zero_point(), op.finish(node)};
}

bool is_3x3(const NodeView& node) {
  const auto each = rows(node);
  return each && each->is_3x3();
}
double cycles_3x3(const NodeView& node) { return rows(node)->cycles_3x3(); }
KernelCall lower_3x3(const NodeView& node) { return rows(node)->lower_3x3(node); }

template <Passes passes>
bool is_3x3_fitted(const NodeView& node) {
  const auto each = rows(node);
  return each && each->is_3x3_fitted(passes);
}
template <Passes passes>
double cycles_3x3_fitted(const NodeView& node) {
  return rows(node)->cycles_3x3_fitted(passes);
}
template <Passes passes>
KernelCall lower_3x3_fitted(const NodeView& node) {
  return rows(node)->lower_3x3_fitted(passes);
}
template <Passes passes>
constexpr Implementation fitted_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies = is_3x3_fitted<passes>,
          .cycles = cycles_3x3_fitted<passes>,
          .lower = lower_3x3_fitted<passes>,
          .code_bytes_of = [](const NodeView& node) { return std::int64_t{650} + 26 * node.output().shape[2]; },
          .routine = kChannelRowsRoutine,
          .routine_bytes = kChannelRowsBytes};
}

bool is_row_slide(const NodeView& node) {
  const auto each = rows(node);
  return each && each->is_row_slide();
}
double cycles_row_slide(const NodeView& node) { return rows(node)->cycles_row_slide(); }
KernelCall lower_row_slide(const NodeView& node) { return rows(node)->lower_row_slide(node); }

bool is_short_rows(const NodeView& node) {
  const auto each = rows(node);
  return each && DepthwiseRowSlide(*each).applies();
}
double cycles_short_rows(const NodeView& node) { return DepthwiseRowSlide(*rows(node)).cycles(); }
KernelCall lower_short_rows(const NodeView& node) { return DepthwiseRowSlide(*rows(node)).lower(node); }

/// Scratch of the kernel on planes: what suits most layers, and what the stack takes where the arena has no room.
constexpr std::int64_t kPlaneBytes = 6144, kFewPlaneBytes = 2048;

template <std::int64_t budget>
bool is_planes(const NodeView& node) {
  const auto each = rows(node);
  return each && DepthwiseMve(*each, budget).applies();
}

template <std::int64_t budget>
double cycles_planes(const NodeView& node) {
  return DepthwiseMve(*rows(node), budget).cycles();
}

template <std::int64_t budget>
KernelCall lower_planes(const NodeView& node) {
  return DepthwiseMve(*rows(node), budget).lower(node);
}

template <std::int64_t budget>
constexpr Implementation planes_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kMve,
          .applies = is_planes<budget>,
          .cycles = cycles_planes<budget>,
          .lower = lower_planes<budget>};
}

bool is_scalar_3x3(const NodeView& node) {
  const auto each = rows(node);
  return each && depthwise_scalar_applies(*each);
}
double scalar_3x3_cycles(const NodeView& node) { return depthwise_scalar_cycles(*rows(node)); }
KernelCall lower_scalar_3x3(const NodeView& node) { return lower_depthwise_scalar(*rows(node), node); }

bool is_rv32_3x3(const NodeView& node) {
  const auto each = rows(node);
  return each && depthwise_rv32_applies(*each);
}
double rv32_3x3_cycles(const NodeView& node) { return depthwise_rv32_cycles(*rows(node)); }
KernelCall lower_rv32_3x3(const NodeView& node) { return lower_depthwise_rv32(*rows(node), node); }

/// Pairs of an output and a tap, along one axis, that meet inside the input.
double taps_inside(std::int32_t in, std::int32_t out, std::int32_t kernel, std::int32_t stride, std::int32_t dilation,
                   std::int32_t before) {
  double count = 0;
  for (std::int64_t tap = 0; tap < kernel; ++tap) {
    const std::int64_t shift = tap * dilation - before;  // output i meets input i * stride + shift
    const std::int64_t first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
    const std::int64_t last = in - 1 - shift < 0 ? -1 : std::min<std::int64_t>(out - 1, (in - 1 - shift) / stride);
    count += static_cast<double>(std::max<std::int64_t>(0, last - first + 1));
  }
  return count;
}

double direct_cycles(const NodeView& node) {
  const Window w = DepthwiseConv2d::of(node).window(node);
  const double taps = taps_inside(w.in_h, w.out_h, w.k_h, w.stride_h, w.dilation_h, w.pad_top) *
                      taps_inside(w.in_w, w.out_w, w.k_w, w.stride_w, w.dilation_w, w.pad_left) * w.batch * w.out_c;
  const double visited = static_cast<double>(DepthwiseConv2d::of(node).macs(node));
  return 14.0 * taps + 4.5 * visited + 30.0 * static_cast<double>(node.output().elements());
}

/// The library is slow at several outputs for one input; with one input channel it is a convolution there too.
std::optional<CmsisConvolution> cmsis(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  CmsisConvolution layer{w, w.in_c != 1, cmsis_weights(node), cmsis_bias(node), node.input(0).zero_point(), op.finish(node)};
  if (w.in_c == 1) layer.weights = by_channel(node);
  return layer;
}

WideDepthwise wide(const NodeView& node) {
  const auto& op = DepthwiseConv2d::of(node);
  return {op.window(node), op.finish(node)};
}
bool is_wide(const NodeView& node) { return wide(node).applies(node); }
double wide_cycles(const NodeView& node) { return wide(node).cycles(); }
KernelCall lower_wide(const NodeView& node) { return wide(node).lower(node); }

const std::vector<Implementation> DepthwiseConv2d::kRows = {
    convolution_row<packed, WideConvolution, Isa::kWide>("depthwise_conv_2d.wide_matrix"),
    {.name = "depthwise_conv_2d.wide", .isa = Isa::kWide, .applies = is_wide, .cycles = wide_cycles, .lower = lower_wide},
    tiles_row<packed>("depthwise_conv_2d.tiles"),
    planes_row<kPlaneBytes>("depthwise_conv_2d.mve"),
    planes_row<kFewPlaneBytes>("depthwise_conv_2d.mve_small"),
    convolution_row<packed, MveConvolution, Isa::kMve>("depthwise_conv_2d.mve_matrix"),
    packed_row<packed, MatrixForm::kPairs>("depthwise_conv_2d.packed"),
    packed_row<packed, MatrixForm::kBytes>("depthwise_conv_2d.by_bytes"),
    convolution_row<packed, ScalarConvolutionKernel, Isa::kScalar>("depthwise_conv_2d.scalar"),
    {.name = "depthwise_conv_2d.3x3",
     .isa = Isa::kDsp,
     .applies = is_3x3,
     .cycles = cycles_3x3,
     .lower = lower_3x3,
     .code_bytes = 700,
     .routine = kChannelRowsRoutine,
     .routine_bytes = kChannelRowsBytes},
    fitted_row<Passes::kOne>("depthwise_conv_2d.3x3_at_once"),
    fitted_row<Passes::kMany>("depthwise_conv_2d.3x3_fitted"),
    fitted_row<Passes::kLean>("depthwise_conv_2d.3x3_lean"),
    {.name = "depthwise_conv_2d.short_rows",
     .isa = Isa::kDsp,
     .applies = is_short_rows,
     .cycles = cycles_short_rows,
     .lower = lower_short_rows,
     .code_bytes = 650},
    {.name = "depthwise_conv_2d.rows",
     .isa = Isa::kDsp,
     .applies = is_row_slide,
     .cycles = cycles_row_slide,
     .lower = lower_row_slide,
     .code_bytes = 800},
    {.name = "depthwise_conv_2d.scalar_3x3",
     .isa = Isa::kScalar,
     .applies = is_scalar_3x3,
     .cycles = scalar_3x3_cycles,
     .lower = lower_scalar_3x3},
    {.name = "depthwise_conv_2d.rv32_3x3",
     .isa = Isa::kRv32,
     .applies = is_rv32_3x3,
     .cycles = rv32_3x3_cycles,
     .lower = lower_rv32_3x3},
    convolution_row<packed, Rv32ConvolutionKernel, Isa::kRv32>("depthwise_conv_2d.rv32"),
    {.name = "depthwise_conv_2d.int8_weights",
     .applies = is_weight_only,
     .cycles = weight_only_cycles,
     .lower = lower_int8_weights},
    {.name = "depthwise_conv_2d.one_pixel",
     .applies = is_one_pixel,
     .cycles = one_pixel_cycles,
     .lower = lower_one_pixel,
     .code_bytes = 600},
    {.name = "depthwise_conv_2d.direct", .applies = is_not_weight_only, .cycles = direct_cycles, .lower = lower_direct},
    cmsis_row<cmsis, Isa::kMve>("depthwise_conv_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kDsp>("depthwise_conv_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kPortable>("depthwise_conv_2d.cmsis_nn"),
};

}  // namespace

MOTE_DEFINE_OPERATOR(DepthwiseConv2d, depthwise_conv_2d)

}  // namespace mote
