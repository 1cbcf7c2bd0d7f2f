// Pools over one or two axes, and over all of them.

#include "import/onnx/window_attributes.hpp"
#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// ceil_mode: rows and columns behind the input that let a last window begin inside of it.
void round_up(WindowAttributes& window) {
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t reach = window.kernel[i];
    const std::int64_t padded = static_cast<std::int64_t>(window.in[i]) + window.before[i] + window.after[i];
    std::int64_t out = divide_up(std::max<std::int64_t>(padded - reach, 0), window.stride[i]) + 1;
    if ((out - 1) * window.stride[i] >= window.in[i] + window.before[i]) --out;
    const std::int64_t after = (out - 1) * window.stride[i] + reach - window.in[i] - window.before[i];
    window.after[i] = static_cast<std::int32_t>(std::max<std::int64_t>(after, 0));
  }
}

WindowAttributes read_pool(NodeReader& node) {
  const auto kernel = node.integers("kernel_shape");
  WindowAttributes window = read_window(node, node.shape(0), kernel);
  if (kernel.empty()) throw Error("damaged: kernel_shape is missing");
  if (window.dilation[0] != 1 || window.dilation[1] != 1) throw Error("pools with dilation are not supported");
  for (std::size_t i = 0; i < 2; ++i) {
    if (window.before[i] >= window.kernel[i] || window.after[i] >= window.kernel[i])
      throw Error("padding as large as the window is not supported");
  }
  return window;
}

TensorId add_pool(NodeReader& node, std::string_view op, TensorId data, const WindowAttributes& window) {
  const Attributes attributes{{"padding", window.padding()},    {"k_h", window.kernel[0]},      {"k_w", window.kernel[1]},
                              {"stride_h", window.stride[0]}, {"stride_w", window.stride[1]}};
  ImportedGraph& graph = node.graph();
  return graph.channels_first(without_height(graph, graph.add(op, {data}, attributes), node.rank(0)));
}

/// The mean over all of each channel, which has a scale of its own on integers.
TensorId mean_of_channels(NodeReader& node) {
  std::vector<std::int32_t> axes;
  for (std::int32_t axis = 2; axis < node.rank(0); ++axis) axes.push_back(axis);
  return node.graph().add("mean", {node.input(0), node.graph().integers(axes)}, {{"keep_dims", true}});
}

}  // namespace

void convert_max_pool(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  node.require_outputs(1);
  node.ignore("storage_order");  // of the second output
  WindowAttributes window = read_pool(node);
  if (node.flag("ceil_mode", false)) round_up(window);
  node.result(add_pool(node, "max_pool_2d", with_height(graph, graph.channels_last(node.input(0))), window));
}

void convert_average_pool(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  WindowAttributes window = read_pool(node);
  const bool rounded_up = node.flag("ceil_mode", false);
  const bool counts_padding = node.flag("count_include_pad", false);
  if (!window.pads() && window.kernel == window.in) return node.result(mean_of_channels(node));
  TensorId data = with_height(graph, graph.channels_last(node.input(0)));
  if (!counts_padding || !window.pads()) {
    if (rounded_up) round_up(window);
    return node.result(add_pool(node, "average_pool_2d", data, window));
  }
  // Zeros that count are written out.
  data = graph.add("pad", {data, graph.constant<std::int32_t>({4, 2}, {0, 0, window.before[0], window.after[0], window.before[1], window.after[1], 0, 0})});
  for (std::size_t i = 0; i < 2; ++i) {
    window.in[i] += window.before[i] + window.after[i];
    window.before[i] = window.after[i] = 0;
  }
  if (rounded_up) round_up(window);
  node.result(add_pool(node, "average_pool_2d", data, window));
}

void convert_global_average_pool(NodeReader& node, std::string_view) {
  if (node.rank(0) < 3) throw Error(fmt::format("an input of {} dimensions is not supported", node.rank(0)));
  node.result(mean_of_channels(node));
}

void convert_global_max_pool(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  if (in.size() != 3 && in.size() != 4) throw Error(fmt::format("an input of {} dimensions is not supported", in.size()));
  WindowAttributes window;
  window.kernel = window.in = in.size() == 4 ? std::array{in[2], in[3]} : std::array{1, in[2]};
  node.result(add_pool(node, "max_pool_2d", with_height(graph, graph.channels_last(node.input(0))), window));
}

}  // namespace mote
