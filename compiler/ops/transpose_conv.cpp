// TRANSPOSE_CONV: the gradient of a convolution. Inputs: the output's shape, weights [out_c][k_h][k_w][in_c], NHWC activations,
// and bias [out_c] or none. Padding is that of the convolution that would make the activations' size from the output's. A shape
// that is computed at run time gives way to the declared one.
// Source: TensorFlow Lite TRANSPOSE_CONV.

#include "ops/define.hpp"
#include "ops/overlap.hpp"
#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

namespace {

constexpr int kShape = 0;
constexpr int kWeights = 1;
constexpr int kInput = 2;
constexpr int kBias = 3;

class TransposeConv : public OperatorBase<TransposeConv> {
 public:
  static constexpr std::string_view kName = "transpose_conv";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  Padding padding;
  std::int32_t stride_h = 1, stride_w = 1;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("padding", padding);
    v.visit("stride_h", stride_h);
    v.visit("stride_w", stride_w);
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::TransposeConvOptions>(op);
    if (given == nullptr) return;
    padding = read_padding(given->padding());
    stride_h = given->stride_h();
    stride_w = given->stride_w();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateTransposeConvOptions(to.builder(), write_padding(padding), stride_w, stride_h, write_activation(activation)));
    if (to.node().has_input(kBias)) to.require_version(3);
    if (activation != Activation::kNone) to.require_version(4);
  }

  static Shape output_shape(const NodeView& node) {
    return node.input(kShape).is_constant() ? node.integers(kShape, "output shape") : node.output().shape;
  }

  /// The window's input is this operator's output, and the other way round.
  Window window(const NodeView& node) const {
    const Tensor& in = node.input(kInput);
    const Tensor& weights = node.input(kWeights);
    require_rank(in, 4, 4);
    require_rank(weights, 4, 4);
    require_elements(in);
    require_elements(weights);
    const Shape out = output_shape(node);
    if (out.size() != 4 || out[0] != in.shape[0] || out[3] != weights.shape[0] || weights.shape[3] != in.shape[3]) {
      throw Error(
          fmt::format("input {} and weights {} do not give {}", to_string(in.shape), to_string(weights.shape), to_string(out)));
    }
    Window w{out[0], out[1], out[2], out[3], 1, 1, in.shape[3], weights.shape[1], weights.shape[2], stride_h, stride_w};
    w.place(padding);
    if (w.out_h != in.shape[1] || w.out_w != in.shape[2]) {
      throw Error(fmt::format("a convolution makes {}x{} of the output {}, not the input {}", w.out_h, w.out_w, to_string(out),
                              to_string(in.shape)));
    }
    return w;
  }

  Accumulator check(const NodeView& node) const {
    require_inputs(node, 3, 4);
    const Tensor& weights = node.input(kWeights);
    if (is_float(node.input(kInput).type)) require_type(weights, {DataType::kFloat32});
    const Accumulator result = check_weighted(node, kInput, kWeights, kBias, weights.shape.empty() ? 0 : weights.shape[0], 0);
    if (node.input(kInput).type == DataType::kInt16 && result != Accumulator::kInt64) {
      throw Error(fmt::format("bias '{}' is int32; int16 activations need int64", node.input(kBias).name));
    }
    return result;
  }

  Finish finish(const NodeView& node) const {
    return {node, kInput, kWeights, activation};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    check(node);
    const Window w = window(node);
    finish(node);
    return {{node.input(kInput).type, {w.batch, w.in_h, w.in_w, w.in_c}}};
  }

  std::int64_t macs(const NodeView& node) const override {
    const Window w = window(node);
    return node.input(kInput).elements() * w.k_h * w.k_w * w.in_c;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::weighted(kInput, {.input = kWeights, .bias = kBias, .output_axis = 0, .input_axis = 3});
  }

  void evaluate(const Evaluation& e) const override {
    with_types(e, check(e), kInput,
               [&](auto in, auto weight, auto sum) { scatter<decltype(in), decltype(weight), decltype(sum)>(e); });
  }

 private:
  /// Adds each input value times its weights to the outputs under the window.
  template <typename In, typename Weight, typename Sum>
  void scatter(const Evaluation& e) const {
    const Window w = window(e);
    const Finish last = finish(e);
    const auto zero = static_cast<Sum>(e.input(kInput).zero_point());
    const In* in = e.in<In>(kInput).data();
    const Weight* weights = e.in<Weight>(kWeights).data();
    const auto out = e.out<In>();
    std::vector<Sum> sums(out.size());
    for (std::int32_t b = 0; b < w.batch; ++b)
      for (std::int32_t iy = 0; iy < w.out_h; ++iy)
        for (std::int32_t ix = 0; ix < w.out_w; ++ix)
          for (std::int32_t i = 0; i < w.out_c; ++i) {
            const Sum value = static_cast<Sum>(*in++) - zero;
            for (std::int32_t ky = 0; ky < w.k_h; ++ky)
              for (std::int32_t kx = 0; kx < w.k_w; ++kx) {
                const std::int32_t y = iy * w.stride_h - w.pad_top + ky;
                const std::int32_t x = ix * w.stride_w - w.pad_left + kx;
                if (y < 0 || y >= w.in_h || x < 0 || x >= w.in_w) continue;
                Sum* pixel = &sums[static_cast<std::size_t>(((std::int64_t{b} * w.in_h + y) * w.in_w + x) * w.in_c)];
                for (std::int32_t c = 0; c < w.in_c; ++c) {
                  const Weight tap = weights[((std::int64_t{c} * w.k_h + ky) * w.k_w + kx) * w.out_c + i];
                  pixel[c] = multiply_add(pixel[c], value, static_cast<Sum>(tap));
                }
              }
          }
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t c = i % static_cast<std::size_t>(w.in_c);
      out[i] = last.apply<In>(last.with_bias(sums[i], bias_or_zero<Sum>(e, kBias, c), c), c);
    }
  }
};

/// For each place of the output along an axis the first place of the input whose window covers it, or -1: as TransposedSpan of
/// the device.
std::vector<std::int64_t> first_sources(std::int32_t out, std::int32_t in, std::int32_t kernel, std::int32_t stride,
                                        std::int32_t pad) {
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t place = i + pad;
    const std::int64_t from = place < kernel ? 0 : (place - kernel) / stride + 1;
    first.push_back(from <= std::min<std::int64_t>(place / stride, in - 1) ? from : -1);
  }
  return first;
}

/// Channels are made one after the other, each from all of the input's.
std::int64_t overlap(const Window& w, std::int64_t value_bytes) {
  const auto rows = first_sources(w.in_h, w.out_h, w.k_h, w.stride_h, w.pad_top);
  const auto columns = first_sources(w.in_w, w.out_w, w.k_w, w.stride_w, w.pad_left);
  PixelSources sources{{}, w.in_c * value_bytes, std::int64_t{w.batch} * w.out_h * w.out_w * w.out_c * value_bytes};
  for (std::int64_t b = 0; b < w.batch; ++b)
    for (const std::int64_t y : rows)
      for (const std::int64_t x : columns)
        sources.first.push_back(y < 0 || x < 0 ? -1 : ((b * w.out_h + y) * w.out_w + x) * w.out_c * value_bytes);
  PixelOrder order;
  if (const auto ahead = ahead_by_block(w.in_c, 1)) order.ahead = *ahead * value_bytes;
  return pixel_overlap(sources, order);
}

KernelCall lower(const NodeView& node) {
  const auto& op = TransposeConv::of(node);
  const Window w = op.window(node);
  const Finish last = op.finish(node);
  KernelCall call("transpose_conv", "transpose_conv");
  call.type("Input", node.input(kInput).type).type("Weight", node.input(kWeights).type).type("Sum", sum_type(op.check(node)));
  last.describe(call, node.output());
  call.set("batch", w.batch).set("in_h", w.out_h).set("in_w", w.out_w).set("in_c", w.out_c);
  call.set("out_h", w.in_h).set("out_w", w.in_w).set("out_c", w.in_c).set("k_h", w.k_h).set("k_w", w.k_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.set("input_zero_point", node.input(kInput).zero_point());
  call.input(kInput).constant("weights", node.input(kWeights));
  pass_bias(call, node, kBias);
  last.tables(call, static_cast<std::size_t>(w.in_c));
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(kInput).type));
  return call.output().overlapping(kInput, overlap(w, value_bytes));
}

double cycles(const NodeView& node) { return 12.0 * static_cast<double>(TransposeConv::of(node).macs(node)); }

const std::vector<Implementation> TransposeConv::kRows = {{.name = "transpose_conv.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(TransposeConv, transpose_conv)

}  // namespace mote
