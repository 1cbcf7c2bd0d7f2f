// FULLY_CONNECTED: activations [..., depth] as rows, weights [units][depth], bias [units].
// Source: TensorFlow Lite FULLY_CONNECTED; requantization with two roundings, as TensorFlow Lite Micro.

#include <numeric>

#include "ops/cmsis_nn.hpp"
#include "ops/coded_matrix.hpp"
#include "ops/convolution_rows.hpp"
#include "ops/define.hpp"
#include "ops/float_convolution.hpp"
#include "ops/overlap.hpp"
#include "ops/weight_only.hpp"
#include "ops/weighted.hpp"

namespace mote {

namespace {

class FullyConnected : public OperatorBase<FullyConnected> {
 public:
  static constexpr std::string_view kName = "fully_connected";
  static constexpr VersionsByType kTfliteVersions{.int8 = 4, .int16 = 7};
  static const std::vector<Implementation> kRows;

  bool keep_num_dims = false;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("keep_num_dims", keep_num_dims);
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::FullyConnectedOptions>(op);
    if (given == nullptr) return;
    if (given->weights_format() != tflite::FullyConnectedOptionsWeightsFormat_DEFAULT)
      throw Error("shuffled weights are not supported");
    keep_num_dims = given->keep_num_dims();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateFullyConnectedOptions(to.builder(), write_activation(activation),
                                               tflite::FullyConnectedOptionsWeightsFormat_DEFAULT, keep_num_dims));
    if (keep_num_dims) to.require_version(5);
    if (!to.node().has_input(2)) to.require_version(6);
  }

  std::int32_t units(const NodeView& node) const { return node.input(1).shape[0]; }
  std::int32_t depth(const NodeView& node) const { return node.input(1).shape[1]; }
  std::int64_t rows(const NodeView& node) const { return node.input(0).elements() / depth(node); }

  Accumulator check(const NodeView& node) const {
    require_inputs(node, 2, 3);
    require_rank(node.input(1), 2, 2);
    return check_weighted(node, 0, 1, 2, units(node), 0);
  }

  Finish finish(const NodeView& node) const {
    return {node, 0, 1, activation};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Tensor& in = node.input(0);
    check(node);
    if (in.elements() % depth(node) != 0) {
      throw Error(fmt::format("{} input values cannot be cut into rows of {}", in.elements(), depth(node)));
    }
    finish(node);
    Shape shape{static_cast<std::int32_t>(rows(node)), units(node)};
    if (keep_num_dims) {
      if (in.shape.empty() || in.shape.back() != depth(node)) {
        throw Error(fmt::format("input {} does not end in {}", to_string(in.shape), depth(node)));
      }
      shape = in.shape;
      shape.back() = units(node);
    }
    return {{in.type, shape}};
  }

  std::int64_t macs(const NodeView& node) const override { return rows(node) * units(node) * depth(node); }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::weighted(0, {.output_axis = 0, .input_axis = 1});
  }
  std::optional<WeightTaps> weight_taps(const NodeView& node) const override {
    WeightTaps result{rows(node), depth(node), 1, 0,
                      std::vector<std::int32_t>(static_cast<std::size_t>(node.input(0).elements()))};
    std::iota(result.offsets.begin(), result.offsets.end(), 0);
    return result;
  }

  void evaluate(const Evaluation& e) const override {
    if (is_float(e.input(0).type) && is_float(e.input(1).type)) {
      const auto n = static_cast<std::size_t>(depth(e));
      return multiply_floats(e, n, static_cast<std::size_t>(units(e)), finish(e));
    }
    with_types(e, check(e), 0,
               [&](auto in, auto weight, auto sum) { multiply<decltype(in), decltype(weight), decltype(sum)>(e); });
  }

  WeightBlock block(const NodeView& node) const {
    return {static_cast<std::size_t>(units(node)), 1, static_cast<std::size_t>(depth(node))};
  }

  ChannelFlow channel_flow(const NodeView& node) const override {
    const Shape& in = node.input(0).shape;
    return !in.empty() && in.back() == depth(node) ? ChannelFlow::kMixed : ChannelFlow::kOpaque;
  }

  Ranges output_ranges(const NodeView& node, const Ranges& in) const override {
    return mixed_ranges(node, block(node), in, false, finish(node));
  }

  bool can_drop_input(const NodeView& node, std::size_t c, std::optional<std::int32_t> value) const override {
    return value || weights_are_zero(node, block(node), c);
  }

  void keep_channels(Graph& graph, Node& node, const std::vector<bool>& keep_inputs,
                     const std::vector<std::optional<std::int32_t>>& dropped_values,
                     const std::vector<bool>& keep_outputs) const override {
    const Shape shape{static_cast<std::int32_t>(std::count(keep_outputs.begin(), keep_outputs.end(), true)),
                      static_cast<std::int32_t>(std::count(keep_inputs.begin(), keep_inputs.end(), true))};
    cut_weights(graph, node, block(NodeView(graph, node)), keep_inputs, dropped_values, keep_outputs, shape);
  }

 private:
  template <typename In, typename Weight, typename Sum>
  void multiply(const Evaluation& e) const {
    const Finish last = finish(e);
    const auto zero = static_cast<Sum>(e.input(0).zero_point());
    const auto in = e.in<In>(0);
    const auto weights = e.in<Weight>(1);
    const auto out = e.out<In>();
    const auto n = static_cast<std::size_t>(depth(e));
    const auto channels = static_cast<std::size_t>(units(e));
    for (std::size_t row = 0; row < in.size() / n; ++row) {
      for (std::size_t c = 0; c < channels; ++c) {
        Sum sum{};
        for (std::size_t i = 0; i < n; ++i) {
          sum = multiply_add(sum, static_cast<Sum>(in[row * n + i]) - zero, static_cast<Sum>(weights[c * n + i]));
        }
        out[row * channels + c] = last.apply<In>(last.with_bias(sum, bias_or_zero<Sum>(e, 2, c), c), c);
      }
    }
  }
};

/// Rows of activations as the pixels of a 1x1 convolution.
Window as_pixels(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  Window w;
  w.in_w = w.out_w = static_cast<std::int32_t>(op.rows(node));
  w.in_c = op.depth(node);
  w.out_c = op.units(node);
  return w;
}

/// For a kernel that reads a row once, or again for each `block` of units.
KernelCall may_overlap(KernelCall call, const NodeView& node, std::optional<std::int64_t> block = std::nullopt) {
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(0).type));
  PixelOrder order;
  if (const auto ahead = block ? ahead_by_block(FullyConnected::of(node).units(node), *block) : std::nullopt)
    order.ahead = *ahead * value_bytes;
  return std::move(call.overlapping(0, window_overlap(as_pixels(node), value_bytes, order)));
}

KernelCall lower_plain(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const Accumulator accumulator = op.check(node);
  KernelCall call("fully_connected", "fully_connected");
  call.type("Input", node.input(0).type).type("Weight", node.input(1).type).type("Sum", sum_type(accumulator));
  const Finish last = op.finish(node);
  last.describe(call, node.output());
  call.set("rows", op.rows(node)).set("depth", op.depth(node)).set("units", op.units(node));
  const bool one_multiplier = last.multipliers().size() == 1;
  call.flag("per_channel", !one_multiplier);
  call.set("multiplier", one_multiplier ? last.multipliers()[0].multiplier : 0)
      .set("shift", one_multiplier ? last.multipliers()[0].shift : 0);
  call.input(0).constant("weights", node.input(1));
  if (node.input(0).type == DataType::kInt8) {
    call.flag("has_bias", true).constant("bias", folded_bias(node, 0, 1, 2, static_cast<std::size_t>(op.units(node))));
  } else {
    pass_bias(call, node, 2);
  }
  if (one_multiplier) {
    call.null().null();
  } else {
    last.tables(call, static_cast<std::size_t>(op.units(node)));
  }
  return may_overlap(std::move(call.output()), node, 1);
}

double plain_cycles(const NodeView& node) {
  return 8.5 * static_cast<double>(FullyConnected::of(node).macs(node)) + 15.0 * static_cast<double>(node.output().elements());
}

KernelCall lower_int8_weights(const NodeView& node) {
  const auto weights = node.input(1).values<std::int8_t>();
  const Window w = as_pixels(node);
  return lower_weight_only(node, w, w.in_c, {weights.begin(), weights.end()}, FullyConnected::of(node).finish(node));
}

std::optional<SparseWeightOnly> sparse_weight_only(const NodeView& node) {
  if (!is_weight_only(node)) return std::nullopt;
  return SparseWeightOnly{as_pixels(node), node.input(1).values<std::int8_t>(), FullyConnected::of(node).finish(node)};
}

std::vector<std::int32_t> packed_order(const NodeView& node) {
  return with_even_steps(window_order(1, FullyConnected::of(node).depth(node)));
}

template <MatrixForm form>
std::optional<PackedWords> packed_words(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto channels = static_cast<std::size_t>(op.units(node));
  return pack_matrix(form, {node.input(1).values<std::int8_t>(), folded_bias(node, 0, 1, 2, channels), packed_order(node)},
                     op.finish(node));
}

template <MatrixForm form>
bool packed_applies(const NodeView& node) {
  return packed_words<form>(node).has_value();
}

template <MatrixForm form>
double packed_cycles(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const auto steps = static_cast<std::int64_t>(packed_order(node).size()) / 2;
  return static_cast<double>(op.rows(node)) *
         (4.0 * static_cast<double>(steps) + packed_matrix_cycles(form, op.units(node), steps));
}

template <MatrixForm form>
KernelCall describe_packed(const NodeView& node, std::string_view function) {
  const auto& op = FullyConnected::of(node);
  KernelCall call("fully_connected_packed", function);
  const auto [lowest, highest] = op.finish(node).range();
  call.set("rows", op.rows(node))
      .set("depth", op.depth(node))
      .set("units", op.units(node))
      .set("clamp_min", lowest)
      .set("clamp_max", highest);
  const PackedWords packed = packed_words<form>(node).value();
  call.flag("paired", form == MatrixForm::kPairsForOne);
  call.set("whole_words", static_cast<std::int64_t>(packed.whole));
  if (packed.whole != packed.words.size()) call.set("last_words", static_cast<std::int64_t>(packed.words.size() - packed.whole));
  return call.input(0).constant("matrix", packed.words).output();
}

template <MatrixForm form>
KernelCall lower_packed(const NodeView& node) {
  KernelCall call = describe_packed<form>(node, "fully_connected_packed");
  return may_overlap(std::move(call.scratch(static_cast<std::int64_t>(packed_order(node).size()) * 2)), node);
}

template <MatrixForm form>
constexpr Implementation packed_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies = packed_applies<form>,
          .cycles = packed_cycles<form>,
          .lower = lower_packed<form>,
          .code_bytes = 250,
          .routine = form == MatrixForm::kBytes ? kByteMatrixRoutine : kPackedColumnRoutine,
          .routine_bytes = form == MatrixForm::kBytes ? kByteMatrixBytes : kPackedColumnBytes};
}

template <std::int32_t bits>
std::optional<CodedMatrix> coded_matrix(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto channels = static_cast<std::size_t>(op.units(node));
  return pack_coded_matrix(
      bits, {node.input(1).values<std::int8_t>(), folded_bias(node, 0, 1, 2, channels), window_order(1, op.depth(node))},
      op.finish(node));
}

template <std::int32_t bits>
KernelCall lower_coded(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const CodedMatrix matrix = coded_matrix<bits>(node).value();
  const auto [lowest, highest] = op.finish(node).range();
  KernelCall call("coded_matrix", "fully_connected_coded");
  call.set("bits", bits).set("rows", op.rows(node)).set("depth", op.depth(node)).set("units", op.units(node));
  call.set("chunks", matrix.chunks).set("clamp_min", lowest).set("clamp_max", highest);
  call.input(0).constant("matrix", matrix.words).output().scratch(std::int64_t{4} * matrix.chunks * 16 / bits);
  return may_overlap(std::move(call), node);
}

/// For layers whose weights are 4 or 2 bits times a whole number per unit.
template <std::int32_t bits>
constexpr Implementation coded_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies = [](const NodeView& node) { return coded_matrix<bits>(node).has_value(); },
          .cycles =
              [](const NodeView& node) {
                const auto& op = FullyConnected::of(node);
                const std::int64_t steps = std::int64_t{coded_matrix<bits>(node).value().chunks} * 16 / bits;
                return static_cast<double>(op.rows(node)) *
                       (7.0 * static_cast<double>(steps) + coded_matrix_cycles(op.units(node), steps));
              },
          .lower = lower_coded<bits>,
          .code_bytes = 300,
          .routine = bits == 4 ? "coded_matrix_4" : "coded_matrix_2",
          .routine_bytes = 550};
}

std::optional<CmsisFullyConnected> cmsis(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  return CmsisFullyConnected{op.rows(node),       op.depth(node),   op.units(node),
                             cmsis_weights(node), cmsis_bias(node), node.input(0).zero_point(),
                             op.finish(node)};
}

template <MatrixForm form>
bool streamed_applies(const NodeView& node) {
  return FullyConnected::of(node).depth(node) % 4 == 0 && packed_applies<form>(node);
}

/// For layers whose column would cost memory; else the routines of the packed rows are shared.
template <MatrixForm form>
double streamed_cycles(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  return 1000 + 1.05 * static_cast<double>(op.rows(node)) * packed_matrix_cycles(form, op.units(node), op.depth(node) / 2);
}

template <MatrixForm form>
KernelCall lower_streamed(const NodeView& node) {
  constexpr std::int64_t kBlock = 4;
  return may_overlap(describe_packed<form>(node, "fully_connected_streamed"), node, kBlock);
}

template <MatrixForm form>
constexpr Implementation streamed_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies = streamed_applies<form>,
          .cycles = streamed_cycles<form>,
          .lower = lower_streamed<form>,
          .code_bytes = 900};
}

std::optional<PackedConvolution> as_convolution(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto weights = node.input(1).values<std::int8_t>();
  return PackedConvolution{as_pixels(node),
                           {weights.begin(), weights.end()},
                           folded_bias(node, 0, 1, 2, static_cast<std::size_t>(op.units(node))),
                           op.finish(node)};
}

std::optional<WideFloatConvolution> wide_float(const NodeView& node) {
  if (!is_float(node.input(1).type)) return std::nullopt;
  return WideFloatConvolution(node, as_pixels(node), FullyConnected::of(node).finish(node));
}

/// Kernels with two bytes for each weight are faster; matrices of more weights stay in bytes.
constexpr std::size_t kMostWideWeights = 48 * 1024;

std::optional<ScalarTables> scalar_tables(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto weights = node.input(1).values<std::int8_t>();
  const auto channels = static_cast<std::size_t>(op.units(node));
  return pack_scalar({{weights.begin(), weights.end()}, folded_bias(node, 0, 1, 2, channels), scalar_order(1, op.depth(node))},
                     op.finish(node), 1, weights.size() > kMostWideWeights);
}

std::optional<ScalarCodes> scalar_codes(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto channels = static_cast<std::size_t>(op.units(node));
  return pack_scalar_codes({node.input(1).values<std::int8_t>(), folded_bias(node, 0, 1, 2, channels), {}}, op.finish(node));
}

double scalar_codes_cycles(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const double groups = scalar_codes(node)->groups;
  return static_cast<double>(op.rows(node)) * (45.0 * groups + static_cast<double>(op.units(node)) * (66 + 29.5 * groups));
}

KernelCall lower_scalar_codes(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const ScalarCodes packed = scalar_codes(node).value();
  const auto [lowest, highest] = op.finish(node).range();
  KernelCall call("fully_connected_scalar", "fully_connected_scalar_codes");
  call.set("rows", op.rows(node)).set("depth", op.depth(node)).set("units", op.units(node));
  call.set("steps", 4).set("groups", packed.groups).set("base", packed.base);
  call.set("clamp_min", lowest).set("clamp_max", highest);
  call.input(0).constant("matrix", packed.matrix).constant("scaling", packed.scaling);
  return may_overlap(std::move(call.output().scratch(std::int64_t{4} * 5 * packed.groups)), node);
}

bool scalar_applies(const NodeView& node) { return scalar_tables(node).has_value(); }
double scalar_cycles(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const auto tables = scalar_tables(node).value();
  return static_cast<double>(op.rows(node)) * (9.0 * static_cast<double>(tables.words()) + tables.cycles(1));
}
KernelCall lower_scalar(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const auto tables = scalar_tables(node).value();
  KernelCall call("fully_connected_scalar", "fully_connected_scalar");
  call.set("rows", op.rows(node)).set("depth", op.depth(node)).set("units", op.units(node));
  tables.describe(call, op.finish(node));
  call.flag("by_bytes", tables.by_bytes);
  return may_overlap(std::move(call.output().scratch(4 * (tables.words() + (tables.by_bytes ? tables.groups : 0)))), node);
}

/// Two bytes for each weight.
std::optional<Rv32Tables> rv32_tables(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const auto weights = node.input(1).values<std::int8_t>();
  const auto channels = static_cast<std::size_t>(op.units(node));
  return pack_rv32({{weights.begin(), weights.end()}, folded_bias(node, 0, 1, 2, channels), scalar_order(1, op.depth(node))},
                   op.finish(node), 1);
}

bool rv32_applies(const NodeView& node) { return rv32_tables(node).has_value(); }
double rv32_cycles(const NodeView& node) {
  const auto tables = rv32_tables(node).value();
  return static_cast<double>(FullyConnected::of(node).rows(node)) *
         (6.0 * static_cast<double>(tables.tables.words()) + tables.cycles());
}
KernelCall lower_rv32(const NodeView& node) {
  const auto& op = FullyConnected::of(node);
  const auto tables = rv32_tables(node).value();
  KernelCall call("fully_connected_rv32", "fully_connected_rv32");
  call.set("rows", op.rows(node)).set("depth", op.depth(node)).set("units", op.units(node));
  tables.describe(call, op.finish(node));
  return may_overlap(std::move(call.output().scratch(4 * tables.tables.words())), node);
}

const std::vector<Implementation> FullyConnected::kRows = {
    convolution_row<as_convolution, WideConvolution, Isa::kWide>("fully_connected.wide"),
    convolution_row<wide_float, WideFloatConvolution, Isa::kWide>("fully_connected.wide_float"),
    convolution_row<as_convolution, MveConvolution, Isa::kMve>("fully_connected.mve"),
    packed_row<MatrixForm::kPairsForOne>("fully_connected.packed"),
    streamed_row<MatrixForm::kPairsForOne>("fully_connected.streamed"),
    streamed_row<MatrixForm::kBytes>("fully_connected.streamed_bytes"),
    packed_row<MatrixForm::kBytes>("fully_connected.by_bytes"),
    {.name = "fully_connected.scalar",
     .isa = Isa::kScalar,
     .applies = scalar_applies,
     .cycles = scalar_cycles,
     .lower = lower_scalar},
    {.name = "fully_connected.rv32", .isa = Isa::kRv32, .applies = rv32_applies, .cycles = rv32_cycles, .lower = lower_rv32},
    unpacked_row<as_convolution, PackedConvolutionKernel<MatrixForm::kBytes>, Isa::kDsp, WeightCode::kCodebook>(
        "fully_connected.clustered_by_bytes", kByteMatrixRoutine, kByteMatrixBytes),
    unpacked_row<as_convolution, PackedConvolutionKernel<MatrixForm::kBytes>, Isa::kDsp, WeightCode::kHuffman>(
        "fully_connected.huffman_by_bytes", kByteMatrixRoutine, kByteMatrixBytes),
    unpacked_row<as_convolution, MveConvolution, Isa::kMve, WeightCode::kCodebook>("fully_connected.clustered_mve"),
    unpacked_row<as_convolution, MveConvolution, Isa::kMve, WeightCode::kHuffman>("fully_connected.huffman_mve"),
    unpacked_row<as_convolution, ScalarConvolutionKernel, Isa::kScalar, WeightCode::kCodebook>(
        "fully_connected.clustered_scalar"),
    unpacked_row<as_convolution, ScalarConvolutionKernel, Isa::kScalar, WeightCode::kHuffman>("fully_connected.huffman_scalar"),
    unpacked_row<as_convolution, Rv32ConvolutionKernel, Isa::kRv32, WeightCode::kCodebook>("fully_connected.clustered_rv32"),
    unpacked_row<as_convolution, Rv32ConvolutionKernel, Isa::kRv32, WeightCode::kHuffman>("fully_connected.huffman_rv32"),
    sparse_row<as_convolution, Isa::kDsp>("fully_connected.sparse"),
    sparse_row<as_convolution, Isa::kScalar>("fully_connected.sparse"),
    sparse_row<as_convolution, Isa::kRv32>("fully_connected.sparse_rv32"),
    coded_row<4>("fully_connected.codes_4"),
    coded_row<2>("fully_connected.codes_2"),
    {.name = "fully_connected.scalar_codes_4",
     .isa = Isa::kScalar,
     .applies = [](const NodeView& node) { return scalar_codes(node).has_value(); },
     .cycles = scalar_codes_cycles,
     .lower = lower_scalar_codes,
     .code_bytes = 800},
    sparse_weight_only_row<sparse_weight_only>("fully_connected.sparse_int8_weights"),
    {.name = "fully_connected.int8_weights",
     .applies = is_weight_only,
     .cycles = weight_only_cycles,
     .lower = lower_int8_weights},
    {.name = "fully_connected.plain", .applies = is_not_weight_only, .cycles = plain_cycles, .lower = lower_plain},
    cmsis_row<cmsis, Isa::kMve>("fully_connected.cmsis_nn"),
    cmsis_row<cmsis, Isa::kDsp>("fully_connected.cmsis_nn"),
    cmsis_row<cmsis, Isa::kPortable>("fully_connected.cmsis_nn"),
};

}  // namespace

MOTE_DEFINE_OPERATOR(FullyConnected, fully_connected)

}  // namespace mote
