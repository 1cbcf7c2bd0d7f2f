// Conv and ConvTranspose over one or two axes, as CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV between transpositions.

#include "import/onnx/window_attributes.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

std::vector<std::int64_t> spatial(const Shape& weights) { return {weights.begin() + 2, weights.end()}; }

TensorId constant_weights(NodeReader& node) {
  if (!node.is_constant(1)) throw Error("weights that are computed at run time are not supported");
  return node.input(1);
}

/// ONNX weights of rank 3 as rank 4: [O, I, L] is [O, I, 1, L].
TensorId with_kernel_height(ImportedGraph& graph, TensorId weights) {
  const Shape shape = graph.shape(weights);
  return shape.size() == 4 ? weights : graph.reshape(weights, {shape[0], shape[1], 1, shape[2]});
}

}  // namespace

void convert_conv(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const TensorId given = constant_weights(node);
  const Shape shape = graph.shape(given);
  if (shape.size() != in.size() || in.size() < 3)
    throw Error(fmt::format("an input of {} and weights of {} do not fit", to_string(in), to_string(shape)));
  const WindowAttributes window = read_window(node, in, spatial(shape));
  const std::int64_t group = node.integer("group", 1);
  if (group < 1 || group > in[1] || shape[1] * group != in[1] || shape[0] % group != 0)
    throw Error(fmt::format("damaged: {} groups of {} channels for weights of {}", group, in[1], to_string(shape)));
  // A layer of one channel is both; the plain one is faster.
  const bool depthwise = group > 1 && shape[1] == 1;
  const TensorId weights = graph.transpose(with_kernel_height(graph, given), depthwise ? std::vector{1, 2, 3, 0} : std::vector{0, 2, 3, 1});
  const TensorId data = with_height(graph, graph.channels_last(node.input(0)));
  const Attributes attributes{{"padding", window.padding()},      {"stride_h", window.stride[0]},     {"stride_w", window.stride[1]},
                              {"dilation_h", window.dilation[0]}, {"dilation_w", window.dilation[1]}};
  const TensorId bias = node.input_or_none(2);
  const TensorId out = graph.add(depthwise ? "depthwise_conv_2d" : "conv_2d", {data, weights, bias}, attributes);
  node.result(graph.channels_first(without_height(graph, out, static_cast<int>(in.size()))));
}

void convert_conv_transpose(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const TensorId given = constant_weights(node);
  const Shape shape = graph.shape(given);
  if (shape.size() != in.size() || in.size() < 3 || shape[0] != in[1])
    throw Error(fmt::format("an input of {} and weights of {} do not fit", to_string(in), to_string(shape)));
  if (node.integer("group", 1) != 1) throw Error("transposed convolutions in groups are not supported");
  const std::size_t axes = in.size() - 2;
  const std::string mode = node.text("auto_pad", "NOTSET");
  const bool automatic = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  WindowAttributes window = read_window(node, in, spatial(shape));
  if (window.dilation[0] != 1 || window.dilation[1] != 1) throw Error("transposed convolutions with dilation are not supported");
  const auto extra = node.integers("output_padding", std::vector<std::int64_t>(axes, 0));
  const auto wanted = node.integers("output_shape");
  if (extra.size() != axes || (!wanted.empty() && wanted.size() != axes)) throw Error("damaged: output_padding or output_shape do not fit the axes");
  std::array<std::int32_t, 2> out{1, 1};
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t at = 2 - axes + i;
    if (extra[i] < 0 || extra[i] >= std::max(window.stride[at], 1)) throw Error(fmt::format("output_padding of {} is not supported", extra[i]));
    const std::int64_t whole = static_cast<std::int64_t>(window.in[at] - 1) * window.stride[at] + extra[i] + window.kernel[at];
    std::int64_t size = whole - window.before[at] - window.after[at];
    if (automatic) size = static_cast<std::int64_t>(window.in[at]) * window.stride[at];
    if (!wanted.empty()) size = wanted[i];
    if (size <= 0 || size > INT16_MAX) throw Error(fmt::format("an output of {} along an axis is not supported", size));
    if (automatic || !wanted.empty()) {
      const std::int64_t total = std::max<std::int64_t>(0, whole - size);
      // The odd one lies in front unless the mode says otherwise.
      window.before[at] = static_cast<std::int32_t>(mode == "SAME_UPPER" ? total / 2 : total - total / 2);
      window.after[at] = static_cast<std::int32_t>(total - window.before[at]);
    }
    out[at] = static_cast<std::int32_t>(size);
  }
  // As the convolution that makes the input's size from the output's.
  window.in = out;
  const TensorId weights = graph.transpose(with_kernel_height(graph, given), {1, 2, 3, 0});
  const TensorId data = with_height(graph, graph.channels_last(node.input(0)));
  const TensorId size = graph.integers({in[0], out[0], out[1], shape[1]});
  const Attributes attributes{{"padding", window.padding()}, {"stride_h", window.stride[0]}, {"stride_w", window.stride[1]}};
  const ImportedGraph::Result result{graph.type(data), graph.tensor(data).quantization};
  const TensorId made = graph.add("transpose_conv", {size, weights, data, node.input_or_none(2)}, attributes, result);
  node.result(graph.channels_first(without_height(graph, made, static_cast<int>(in.size()))));
}

}  // namespace mote
