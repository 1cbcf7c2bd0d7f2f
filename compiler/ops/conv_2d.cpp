// CONV_2D: NHWC activations, weights [out_c][k_h][k_w][in_c / groups], bias [out_c].
// Source: TensorFlow Lite CONV_2D and its 8-bit quantization specification.

#include "ops/cmsis_nn.hpp"
#include "ops/convolution_rows.hpp"
#include "ops/define.hpp"
#include "ops/float_convolution.hpp"
#include "ops/int8_convolution.hpp"
#include "ops/overlap.hpp"
#include "ops/weight_only.hpp"
#include "ops/weighted.hpp"
#include "ops/window.hpp"
#include "ops/winograd.hpp"

namespace mote {

namespace {

class Conv2d : public OperatorBase<Conv2d> {
 public:
  static constexpr std::string_view kName = "conv_2d";
  static constexpr VersionsByType kTfliteVersions{.int8 = 3, .int16 = 4};
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

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::Conv2DOptions>(op);
    if (given == nullptr) return;
    padding = read_padding(given->padding());
    stride_h = given->stride_h();
    stride_w = given->stride_w();
    dilation_h = given->dilation_h_factor();
    dilation_w = given->dilation_w_factor();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateConv2DOptions(to.builder(), write_padding(padding), stride_w, stride_h, write_activation(activation), dilation_w,
                                       dilation_h));
  }

  Window window(const NodeView& node) const {
    const Tensor& in = node.input(0);
    const Tensor& weights = node.input(1);
    require_rank(in, 4, 4);
    require_rank(weights, 4, 4);
    Window w{in.shape[0],      in.shape[1],      in.shape[2], in.shape[3], 1,          1,         weights.shape[0],
             weights.shape[1], weights.shape[2], stride_h,    stride_w,    dilation_h, dilation_w};
    w.place(padding);
    return w;
  }

  Accumulator check(const NodeView& node) const {
    require_inputs(node, 2, 3);
    return check_weighted(node, 0, 1, 2, node.input(1).shape.empty() ? 0 : node.input(1).shape[0], 0);
  }

  Finish finish(const NodeView& node) const {
    return {node, 0, 1, activation};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Window w = window(node);
    check(node);
    const std::int32_t depth = node.input(1).shape[3];
    if (depth <= 0 || w.in_c % depth != 0 || w.out_c % (w.in_c / depth) != 0) {
      throw Error(
          fmt::format("{} input channels cannot be cut into groups of {} for {} output channels", w.in_c, depth, w.out_c));
    }
    finish(node);
    return {{node.input(0).type, w.output_shape()}};
  }

  std::int64_t macs(const NodeView& node) const override {
    const Window w = window(node);
    return element_count(w.output_shape()) * w.k_h * w.k_w * node.input(1).shape[3];
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::weighted(0, {.output_axis = 0, .input_axis = 3});
  }
  std::optional<WeightTaps> weight_taps(const NodeView& node) const override { return window(node).taps(node.input(1).shape[3]); }

  void evaluate(const Evaluation& e) const override {
    const bool floats = is_float(e.input(0).type) && is_float(e.input(1).type);
    const bool grouped = e.input(1).shape[3] != e.input(0).shape[3];
    if (floats && !grouped) return convolve_floats(e, window(e), finish(e));
    if (e.input(0).type == DataType::kInt8 && !grouped) return convolve_int8(e, window(e), finish(e));
    with_types(e, check(e), 0,
               [&](auto in, auto weight, auto sum) { convolve<decltype(in), decltype(weight), decltype(sum)>(e); });
  }

  WeightBlock block(const NodeView& node) const {
    const Shape& w = node.input(1).shape;
    return {static_cast<std::size_t>(w[0]), static_cast<std::size_t>(w[1]) * static_cast<std::size_t>(w[2]),
            static_cast<std::size_t>(w[3])};
  }

  ChannelFlow channel_flow(const NodeView& node) const override {
    return node.input(1).shape[3] == node.input(0).shape[3] ? ChannelFlow::kMixed : ChannelFlow::kOpaque;
  }

  Ranges output_ranges(const NodeView& node, const Ranges& in) const override {
    return mixed_ranges(node, block(node), in, window(node).pads(), finish(node));
  }

  bool can_drop_input(const NodeView& node, std::size_t c, std::optional<std::int32_t> value) const override {
    if (value && (*value == node.input(0).zero_point() || !window(node).pads())) return true;
    return weights_are_zero(node, block(node), c);
  }

  void keep_channels(Graph& graph, Node& node, const std::vector<bool>& keep_inputs,
                     const std::vector<std::optional<std::int32_t>>& dropped_values,
                     const std::vector<bool>& keep_outputs) const override {
    const NodeView view(graph, node);
    Shape shape = view.input(1).shape;
    shape[0] = static_cast<std::int32_t>(std::count(keep_outputs.begin(), keep_outputs.end(), true));
    shape[3] = static_cast<std::int32_t>(std::count(keep_inputs.begin(), keep_inputs.end(), true));
    cut_weights(graph, node, block(view), keep_inputs, dropped_values, keep_outputs, shape);
  }

 private:
  template <typename In, typename Weight, typename Sum>
  void convolve(const Evaluation& e) const {
    const Window w = window(e);
    const Finish last = finish(e);
    const std::int32_t depth = e.input(1).shape[3];
    const std::int32_t channels_per_group = w.out_c / (w.in_c / depth);
    const In zero = static_cast<In>(e.input(0).zero_point());
    const In* in = e.in<In>(0).data();
    const Weight* weights = e.in<Weight>(1).data();
    In* out = e.out<In>().data();
    for (std::int32_t b = 0; b < w.batch; ++b)
      for (std::int32_t y = 0; y < w.out_h; ++y)
        for (std::int32_t x = 0; x < w.out_w; ++x)
          for (std::int32_t c = 0; c < w.out_c; ++c) {
            Sum sum{};
            for (std::int32_t ky = 0; ky < w.k_h; ++ky) {
              const std::int32_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
              if (iy < 0 || iy >= w.in_h) continue;
              for (std::int32_t kx = 0; kx < w.k_w; ++kx) {
                const std::int32_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
                if (ix < 0 || ix >= w.in_w) continue;
                const In* pixel =
                    in + ((static_cast<std::int64_t>(b) * w.in_h + iy) * w.in_w + ix) * w.in_c + (c / channels_per_group) * depth;
                const Weight* tap = weights + ((static_cast<std::int64_t>(c) * w.k_h + ky) * w.k_w + kx) * depth;
                for (std::int32_t i = 0; i < depth; ++i) {
                  sum = multiply_add(sum, static_cast<Sum>(pixel[i]) - static_cast<Sum>(zero), static_cast<Sum>(tap[i]));
                }
              }
            }
            *out++ = last.apply<In>(last.with_bias(sum, bias_or_zero<Sum>(e, 2, static_cast<std::size_t>(c)), static_cast<std::size_t>(c)),
                                    static_cast<std::size_t>(c));
          }
  }
};

KernelCall describe(const NodeView& node, std::string_view function) {
  const auto& op = Conv2d::of(node);
  KernelCall call("conv_2d", function);
  call.type("Input", node.input(0).type).type("Weight", node.input(1).type).type("Sum", sum_type(op.check(node)));
  op.finish(node).describe(call, node.output());
  op.window(node).describe(call);
  return call;
}

/// How far the output of a kernel that makes one channel after the other may lie inside the input.
std::int64_t channel_by_channel(const NodeView& node) {
  const Window w = Conv2d::of(node).window(node);
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(0).type));
  return window_overlap(w, value_bytes, {.ahead = ahead_by_channel(w, value_bytes, node.input(1).shape[3])});
}

KernelCall lower_direct(const NodeView& node) {
  KernelCall call = describe(node, "conv_2d");
  call.set("depth", node.input(1).shape[3]).set("input_zero_point", node.input(0).zero_point());
  call.input(0).constant("weights", node.input(1));
  pass_bias(call, node, 2);
  Conv2d::of(node).finish(node).tables(call, static_cast<std::size_t>(node.input(1).shape[0]));
  return call.output().overlapping(0, channel_by_channel(node));
}

KernelCall lower_int8_weights(const NodeView& node) {
  const auto& op = Conv2d::of(node);
  const auto weights = node.input(1).values<std::int8_t>();
  return lower_weight_only(node, op.window(node), node.input(1).shape[3], {weights.begin(), weights.end()}, op.finish(node));
}

std::optional<SparseWeightOnly> sparse_weight_only(const NodeView& node) {
  if (!is_weight_only(node) || node.input(1).shape[3] != node.input(0).shape[3]) return std::nullopt;
  return SparseWeightOnly{Conv2d::of(node).window(node), node.input(1).values<std::int8_t>(), Conv2d::of(node).finish(node)};
}

bool is_pointwise(const NodeView& node) {
  const Window w = Conv2d::of(node).window(node);
  return w.k_h == 1 && w.k_w == 1 && w.stride_h == 1 && w.stride_w == 1 && !w.pads() && node.input(1).shape[3] == w.in_c &&
         node.input(0).type == DataType::kInt8;
}

KernelCall lower_pointwise(const NodeView& node) {
  KernelCall call = describe(node, "conv_2d_pointwise");
  const auto channels = static_cast<std::size_t>(node.input(1).shape[0]);
  call.input(0).constant("weights", node.input(1)).constant("bias", folded_bias(node, 0, 1, 2, channels));
  Conv2d::of(node).finish(node).tables(call, channels);
  return call.output().overlapping(0, channel_by_channel(node));
}

std::optional<PackedConvolution> packed(const NodeView& node) {
  const auto& op = Conv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8 || node.input(1).shape[3] != w.in_c) return std::nullopt;
  const auto channels = static_cast<std::size_t>(w.out_c);
  const auto weights = node.input(1).values<std::int8_t>();
  return PackedConvolution{w, {weights.begin(), weights.end()}, folded_bias(node, 0, 1, 2, channels), op.finish(node)};
}

std::optional<WinogradConvolution> winograd(const NodeView& node) {
  const auto& op = Conv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8 || node.input(1).shape[3] != w.in_c) return std::nullopt;
  const auto weights = node.input(1).values<std::int8_t>();
  return WinogradConvolution{w,
                             {weights.begin(), weights.end()},
                             folded_bias(node, 0, 1, 2, static_cast<std::size_t>(w.out_c)),
                             op.finish(node),
                             node.input(0).zero_point()};
}

template <WinogradSchedule schedule, Isa isa>
bool winograd_applies(const NodeView& node) {
  constexpr std::int64_t kMostBytes = (isa == Isa::kDsp ? 320 : 128) * 1024;  // flash is small, the more so without DSP
  const auto convolution = winograd(node);
  return convolution && convolution->weight_bytes(schedule) <= kMostBytes && convolution->applies(schedule);
}

template <WinogradSchedule schedule, Isa isa>
double winograd_cycles(const NodeView& node) {
  return winograd(node)->cycles(schedule, isa == Isa::kDsp);
}

template <WinogradSchedule schedule>
KernelCall lower_winograd(const NodeView& node) {
  return winograd(node)->lower(schedule);
}

template <WinogradSchedule schedule, Isa isa>
constexpr Implementation winograd_row(std::string_view name) {
  return {.name = name,
          .isa = isa,
          .applies = winograd_applies<schedule, isa>,
          .cycles = winograd_cycles<schedule, isa>,
          .lower = lower_winograd<schedule>,
          .code_bytes =
              schedule.tile == WinogradTile::k4 ? (schedule.from_bytes ? 4300 : 3700) : (schedule.from_bytes ? 3000 : 2500)};
}
constexpr WinogradSchedule kTiles4{.tile = WinogradTile::k4};
constexpr WinogradSchedule kPairsOfTiles4{.tile = WinogradTile::k4, .pairs = true};
constexpr WinogradSchedule kTiles4FromBytes{.tile = WinogradTile::k4, .from_bytes = true, .group = 0};
constexpr WinogradSchedule kTwoRowsOfTiles4FromBytes{.tile = WinogradTile::k4, .from_bytes = true, .group = 2};
constexpr WinogradSchedule kRowsOfTiles4FromBytes{.tile = WinogradTile::k4, .from_bytes = true};
constexpr WinogradSchedule kTiles2{.tile = WinogradTile::k2};
constexpr WinogradSchedule kPairsOfTiles2{.tile = WinogradTile::k2, .pairs = true};
constexpr WinogradSchedule kStride2{.tile = WinogradTile::kStride2};
constexpr WinogradSchedule kStride2FromBytes{.tile = WinogradTile::kStride2, .from_bytes = true, .group = 0};
constexpr WinogradSchedule kTwoRowsOfStride2FromBytes{.tile = WinogradTile::kStride2, .from_bytes = true, .group = 2};
constexpr WinogradSchedule kPairsOfStride2{.tile = WinogradTile::kStride2, .pairs = true};

/// Cycles of a core without SIMD; what an output takes is mostly requantization.
double portable_cycles(const NodeView& node, double per_mac) {
  constexpr double kPerOutput = 50;
  return per_mac * static_cast<double>(Conv2d::of(node).macs(node)) + kPerOutput * static_cast<double>(node.output().elements());
}
double direct_cycles(const NodeView& node) { return portable_cycles(node, 16); }
double pointwise_cycles(const NodeView& node) { return portable_cycles(node, 10); }

std::optional<CmsisConvolution> cmsis(const NodeView& node) {
  const auto& op = Conv2d::of(node);
  const Window w = op.window(node);
  if (node.input(0).type != DataType::kInt8 || node.input(1).shape[3] != w.in_c) return std::nullopt;
  return CmsisConvolution{w, false, cmsis_weights(node), cmsis_bias(node), node.input(0).zero_point(), op.finish(node)};
}

std::optional<WideFloatConvolution> wide_float(const NodeView& node) {
  const auto& op = Conv2d::of(node);
  const Window w = op.window(node);
  if (!is_float(node.input(1).type) || node.input(1).shape[3] != w.in_c) return std::nullopt;
  return WideFloatConvolution(node, w, op.finish(node));
}

const std::vector<Implementation> Conv2d::kRows = {
    convolution_row<packed, WideConvolution, Isa::kWide>("conv_2d.wide"),
    convolution_row<wide_float, WideFloatConvolution, Isa::kWide>("conv_2d.wide_float"),
    convolution_row<packed, MveConvolution, Isa::kMve>("conv_2d.mve"),
    {.name = "conv_2d.pointwise", .applies = is_pointwise, .cycles = pointwise_cycles, .lower = lower_pointwise},
    tiles_row<packed>("conv_2d.tiles"),
    packed_row<packed, MatrixForm::kPairs>("conv_2d.packed"),
    packed_row<packed, MatrixForm::kBytes>("conv_2d.by_bytes"),
    winograd_row<kTiles4, Isa::kDsp>("conv_2d.winograd_4"),
    winograd_row<kPairsOfTiles4, Isa::kDsp>("conv_2d.winograd_4_pairs"),
    winograd_row<kTiles4FromBytes, Isa::kDsp>("conv_2d.winograd_4_bytes"),
    winograd_row<kTwoRowsOfTiles4FromBytes, Isa::kDsp>("conv_2d.winograd_4_bytes_two_rows"),
    winograd_row<kRowsOfTiles4FromBytes, Isa::kDsp>("conv_2d.winograd_4_bytes_rows"),
    winograd_row<kTiles2, Isa::kDsp>("conv_2d.winograd_2"),
    winograd_row<kPairsOfTiles2, Isa::kDsp>("conv_2d.winograd_2_pairs"),
    winograd_row<kStride2, Isa::kDsp>("conv_2d.winograd_stride_2"),
    winograd_row<kStride2FromBytes, Isa::kDsp>("conv_2d.winograd_stride_2_bytes"),
    winograd_row<kTwoRowsOfStride2FromBytes, Isa::kDsp>("conv_2d.winograd_stride_2_bytes_two_rows"),
    winograd_row<kPairsOfStride2, Isa::kDsp>("conv_2d.winograd_stride_2_pairs"),
    winograd_row<kTiles4, Isa::kScalar>("conv_2d.winograd_4_plain"),
    winograd_row<kPairsOfTiles4, Isa::kScalar>("conv_2d.winograd_4_plain_pairs"),
    winograd_row<kTiles4FromBytes, Isa::kScalar>("conv_2d.winograd_4_bytes_plain"),
    winograd_row<kTwoRowsOfTiles4FromBytes, Isa::kScalar>("conv_2d.winograd_4_bytes_two_rows_plain"),
    winograd_row<kRowsOfTiles4FromBytes, Isa::kScalar>("conv_2d.winograd_4_bytes_rows_plain"),
    winograd_row<kTiles2, Isa::kScalar>("conv_2d.winograd_2_plain"),
    winograd_row<kPairsOfTiles2, Isa::kScalar>("conv_2d.winograd_2_plain_pairs"),
    winograd_row<kStride2, Isa::kScalar>("conv_2d.winograd_stride_2_plain"),
    winograd_row<kStride2FromBytes, Isa::kScalar>("conv_2d.winograd_stride_2_bytes_plain"),
    winograd_row<kTwoRowsOfStride2FromBytes, Isa::kScalar>("conv_2d.winograd_stride_2_bytes_two_rows_plain"),
    winograd_row<kPairsOfStride2, Isa::kScalar>("conv_2d.winograd_stride_2_plain_pairs"),
    convolution_row<packed, ScalarConvolutionKernel, Isa::kScalar>("conv_2d.scalar"),
    convolution_row<packed, Rv32ConvolutionKernel, Isa::kRv32>("conv_2d.rv32"),
    unpacked_row<packed, PackedConvolutionKernel<MatrixForm::kPairs>, Isa::kDsp, WeightCode::kCodebook>(
        "conv_2d.clustered_packed", kPackedMatrixRoutine, kPackedMatrixBytes),
    unpacked_row<packed, PackedConvolutionKernel<MatrixForm::kPairs>, Isa::kDsp, WeightCode::kHuffman>(
        "conv_2d.huffman_packed", kPackedMatrixRoutine, kPackedMatrixBytes),
    unpacked_row<packed, MveConvolution, Isa::kMve, WeightCode::kCodebook>("conv_2d.clustered_mve"),
    unpacked_row<packed, MveConvolution, Isa::kMve, WeightCode::kHuffman>("conv_2d.huffman_mve"),
    unpacked_row<packed, ScalarConvolutionKernel, Isa::kScalar, WeightCode::kCodebook>("conv_2d.clustered_scalar"),
    unpacked_row<packed, ScalarConvolutionKernel, Isa::kScalar, WeightCode::kHuffman>("conv_2d.huffman_scalar"),
    unpacked_row<packed, Rv32ConvolutionKernel, Isa::kRv32, WeightCode::kCodebook>("conv_2d.clustered_rv32"),
    unpacked_row<packed, Rv32ConvolutionKernel, Isa::kRv32, WeightCode::kHuffman>("conv_2d.huffman_rv32"),
    sparse_row<packed, Isa::kDsp>("conv_2d.sparse"),
    sparse_row<packed, Isa::kScalar>("conv_2d.sparse"),
    sparse_row<packed, Isa::kRv32>("conv_2d.sparse_rv32"),
    sparse_weight_only_row<sparse_weight_only>("conv_2d.sparse_int8_weights"),
    {.name = "conv_2d.int8_weights",
     .applies = is_weight_only,
     .cycles = weight_only_cycles,
     .lower = lower_int8_weights},
    {.name = "conv_2d.direct", .applies = is_not_weight_only, .cycles = direct_cycles, .lower = lower_direct},
    cmsis_row<cmsis, Isa::kMve>("conv_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kDsp>("conv_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kPortable>("conv_2d.cmsis_nn"),
};

}  // namespace

MOTE_DEFINE_OPERATOR(Conv2d, conv_2d)

}  // namespace mote
