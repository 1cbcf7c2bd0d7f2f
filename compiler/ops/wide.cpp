#include "ops/wide.hpp"

#include <algorithm>
#include <span>

#include "ops/overlap.hpp"

namespace mote {

namespace {

constexpr std::size_t kPanelRows = 16;
/// What a kernel may take from the stack, and the depth up to which sums of products of bytes stay within int32.
constexpr std::int64_t kMostStackBytes = 256 * 1024, kMostDepth = 65536;

std::int64_t depth_of(const Window& w) { return std::int64_t{w.k_h} * w.k_w * w.in_c; }

/// Of a core with vectors; beside the other rows' cycles all that counts is that these are fewer.
double cycles_of(const Window& w, double macs_per_output) {
  const auto outputs = static_cast<double>(element_count(w.output_shape()));
  return outputs * (2 + 0.05 * macs_per_output);
}

std::size_t filled_up(std::size_t count, std::size_t unit) { return (count + unit - 1) / unit * unit; }

/// Rows of `depth` weights in panels: for each word of `per_word` weights those of 16 rows. What is missing is 0.
template <typename To, typename From>
std::vector<To> in_panels(std::span<const From> weights, std::size_t depth, std::size_t per_word) {
  const std::size_t rows = weights.size() / depth;
  const std::size_t panel = filled_up(depth, per_word) * kPanelRows;
  std::vector<To> matrix(filled_up(rows, kPanelRows) / kPanelRows * panel);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < depth; ++i) {
      const std::size_t word = i / per_word * kPanelRows + r % kPanelRows;
      matrix[r / kPanelRows * panel + word * per_word + i % per_word] = static_cast<To>(weights[r * depth + i]);
    }
  }
  return matrix;
}

/// The tables that stand behind int8 rows: 16 biases, multipliers, shifts to the right, shifts to the left.
std::vector<std::int32_t> scaling_panels(const std::vector<std::int32_t>& bias, const Finish& finish) {
  constexpr std::size_t kTables = 4;
  std::vector<std::int32_t> scaling(filled_up(bias.size(), kPanelRows) * kTables);
  for (std::size_t r = 0; r < bias.size(); ++r) {
    const Multiplier& by = finish.multiplier(r);
    const std::int32_t values[kTables] = {bias[r], by.multiplier, std::max(0, -by.shift), std::max(0, by.shift)};
    for (std::size_t t = 0; t < kTables; ++t)
      scaling[r / kPanelRows * kPanelRows * kTables + t * kPanelRows + r % kPanelRows] = values[t];
  }
  return scaling;
}

std::vector<float> float_panels(std::vector<float> bias, std::size_t channels) {
  bias.resize(filled_up(channels, kPanelRows));
  return bias;
}

std::vector<float> float_bias(const NodeView& node) {
  if (!node.has_input(2)) return {};
  const auto values = node.input(2).values<float>();
  return {values.begin(), values.end()};
}

KernelCall describe(std::string_view kernel, const NodeView& node, const Window& window, const Finish& finish) {
  KernelCall call(kernel, kernel);
  call.type("Input", node.input(0).type);
  finish.describe(call, node.output());
  window.describe(call);
  if (is_float(node.input(0).type)) {
    call.set("input_zero_point", 0);
  } else {
    call.set("input_zero_point", node.input(0).zero_point());
    call.flag("shifts_left", std::ranges::any_of(finish.multipliers(), [](const Multiplier& by) { return by.shift > 0; }));
  }
  return call.input(0);
}

/// The device takes up to this many pixels at once: how many depends on the vectors of the machine.
constexpr std::int64_t kMostColumns = 12;

/// The distance that holds for each number of pixels.
std::int64_t overlap_of_columns(const Window& window, DataType type) {
  std::int64_t most = 0;
  for (std::int64_t columns = 1; columns <= kMostColumns; ++columns) {
    const std::int64_t each =
        window_overlap(window, static_cast<std::int64_t>(type_bytes(type)), {.tile = columns, .overlaps_last = true});
    most = columns == 1 ? each : std::max(most, each);
  }
  return most;
}

bool column_fits(const Window& window) { return depth_of(window) <= kMostDepth; }

/// Weights [taps][channels] with each channel's taps in a row; rows of a window filled up to whole words of `per_word` taps.
template <typename T>
std::vector<T> taps_by_channel(std::span<const T> weights, const Window& w, std::size_t per_word) {
  const auto channels = static_cast<std::size_t>(w.out_c);
  const auto k_h = static_cast<std::size_t>(w.k_h);
  const auto k_w = static_cast<std::size_t>(w.k_w);
  const std::size_t row = filled_up(k_w, per_word);
  std::vector<T> turned(channels * k_h * row);
  for (std::size_t tap = 0; tap < k_h * k_w; ++tap) {
    for (std::size_t c = 0; c < channels; ++c) turned[(c * k_h + tap / k_w) * row + tap % k_w] = weights[tap * channels + c];
  }
  return turned;
}

template <typename T>
std::span<const T> as_span(const std::vector<T>& values) {
  return values;
}

}  // namespace

bool WideConvolution::applies() const { return column_fits(layer.window); }
double WideConvolution::cycles() const { return cycles_of(layer.window, static_cast<double>(depth_of(layer.window))); }
KernelCall WideConvolution::lower(const NodeView& node) const {
  KernelCall call = describe("conv_2d_wide", node, layer.window, layer.finish);
  const auto depth = static_cast<std::size_t>(depth_of(layer.window));
  call.constant("matrix", in_panels<std::int16_t>(as_span(layer.weights), depth, 2));
  call.constant("scaling", scaling_panels(layer.bias, layer.finish)).output();
  if (layer.out_gap == 0) call.overlapping(0, overlap_of_columns(layer.window, DataType::kInt8));
  return call;
}

WideFloatConvolution::WideFloatConvolution(const NodeView& node, const Window& layer_window, Finish layer_finish)
    : window(layer_window), bias(float_bias(node)), finish(std::move(layer_finish)) {
  const auto values = node.input(1).values<float>();
  weights.assign(values.begin(), values.end());
}

bool WideFloatConvolution::applies() const { return column_fits(window); }
double WideFloatConvolution::cycles() const { return cycles_of(window, 2 * static_cast<double>(depth_of(window))); }
KernelCall WideFloatConvolution::lower(const NodeView& node) const {
  KernelCall call = describe("conv_2d_wide", node, window, finish);
  call.constant("matrix", in_panels<float>(as_span(weights), static_cast<std::size_t>(depth_of(window)), 1));
  call.constant("scaling", float_panels(bias, static_cast<std::size_t>(window.out_c))).output();
  return call.overlapping(0, overlap_of_columns(window, DataType::kFloat32));
}

bool WideDepthwise::applies(const NodeView& node) const {
  const DataType type = node.input(0).type;
  const std::int64_t rows = (std::int64_t{window.k_h} - 1) * window.dilation_h + 1;
  const std::int64_t width =
      (std::int64_t{window.out_w} - 1) * window.stride_w + (std::int64_t{window.k_w} - 1) * window.dilation_w + 1;
  return (type == DataType::kInt8 || type == DataType::kFloat32) && node.input(1).type == type &&
         rows * width <= kMostStackBytes / static_cast<std::int64_t>(4 * kPanelRows);
}
double WideDepthwise::cycles() const { return cycles_of(window, 4.0 * window.k_h * window.k_w); }
KernelCall WideDepthwise::lower(const NodeView& node) const {
  KernelCall call = describe("depthwise_conv_2d_wide", node, window, finish);
  const auto channels = static_cast<std::size_t>(window.out_c);
  // Panels are made one after the other; of one, bands of rows: at least those of an output row are read before it is written.
  const auto may_overlap = [&](KernelCall& made) {
    if (channels <= kPanelRows) {
      const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(0).type));
      made.overlapping(0, window_overlap(window, value_bytes, {.tile = window.out_w}));
    }
    return made;
  };
  if (is_float(node.input(0).type)) {
    const auto rows = taps_by_channel(node.input(1).values<float>(), window, 1);
    call.constant("weights", in_panels<float>(as_span(rows), rows.size() / channels, 1));
    return may_overlap(call.constant("scaling", float_panels(float_bias(node), channels)).output());
  }
  const auto rows = taps_by_channel(node.input(1).values<std::int8_t>(), window, 2);
  std::vector<std::int32_t> bias(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    std::int32_t sum = 0;
    for (const std::int8_t weight : as_span(rows).subspan(c * (rows.size() / channels), rows.size() / channels)) sum += weight;
    bias[c] = wrap_add(node.has_input(2) ? node.input(2).values<std::int32_t>()[c] : 0,
                       wrap_multiply(-node.input(0).zero_point(), sum));
  }
  call.constant("weights", in_panels<std::int16_t>(as_span(rows), rows.size() / channels, 2));
  return may_overlap(call.constant("scaling", scaling_panels(bias, finish)).output());
}

}  // namespace mote
