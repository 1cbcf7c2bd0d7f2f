#include "import/onnx/window_attributes.hpp"

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

std::int32_t narrow(std::int64_t value, std::string_view what) {
  if (value < 0 || value > INT16_MAX) throw Error(fmt::format("{} of {} is not supported", what, value));
  return static_cast<std::int32_t>(value);
}

/// Values per spatial axis, moved to the end of the two axes.
void take(const std::vector<std::int64_t>& values, std::size_t axes, std::string_view what, std::array<std::int32_t, 2>& to) {
  if (values.empty()) return;
  if (values.size() != axes) throw Error(fmt::format("damaged: {} values of {} for {} axes", values.size(), what, axes));
  for (std::size_t i = 0; i < axes; ++i) to[2 - axes + i] = narrow(values[i], what);
}

}  // namespace

Padding WindowAttributes::padding() const {
  if (!pads()) return {};
  bool same = true;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int32_t out = (in[i] + before[i] + after[i] - reach()[i] + stride[i]) / stride[i];
    const std::int32_t total = std::max(0, (out - 1) * stride[i] + reach()[i] - in[i]);
    same = same && out == divide_up(in[i], stride[i]) && before[i] == total / 2;
  }
  if (same) return {Padding::Kind::kSame};
  return {Padding::Kind::kGiven, before[0], before[1], after[0], after[1]};
}

WindowAttributes read_window(NodeReader& node, const Shape& input, const std::vector<std::int64_t>& kernel) {
  const std::size_t axes = input.size() - 2;
  if (input.size() != 3 && input.size() != 4)
    throw Error(fmt::format("an input of {} dimensions ({}) is not supported; 3 and 4 are", input.size(), to_string(input)));
  WindowAttributes window;
  for (std::size_t i = 0; i < axes; ++i) window.in[2 - axes + i] = input[2 + i];
  take(kernel, axes, "kernel_shape", window.kernel);
  const auto declared = node.integers("kernel_shape");
  if (!declared.empty() && declared != kernel) throw Error("damaged: kernel_shape differs from the weights");
  take(node.integers("strides"), axes, "strides", window.stride);
  take(node.integers("dilations"), axes, "dilations", window.dilation);
  for (std::size_t i = 0; i < 2; ++i) {
    if (window.kernel[i] < 1 || window.stride[i] < 1 || window.dilation[i] < 1) throw Error("damaged: a window of size, stride or dilation 0");
    if (static_cast<std::int64_t>(window.kernel[i] - 1) * window.dilation[i] > INT16_MAX) throw Error("the window is too large");
  }
  const std::string mode = node.text("auto_pad", "NOTSET");
  const auto pads = node.integers("pads");
  if (mode == "NOTSET") {
    if (!pads.empty() && pads.size() != 2 * axes) throw Error(fmt::format("damaged: {} pads for {} axes", pads.size(), axes));
    for (std::size_t i = 0; i < pads.size(); ++i) {
      auto& side = i < axes ? window.before : window.after;
      side[2 - axes + i % axes] = narrow(pads[i], "padding");
    }
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::int64_t out = divide_up(window.in[i], window.stride[i]);
      const auto total = static_cast<std::int32_t>(std::max<std::int64_t>(0, (out - 1) * window.stride[i] + window.reach()[i] - window.in[i]));
      window.before[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
      window.after[i] = total - window.before[i];
    }
  } else if (mode != "VALID") {
    throw Error(fmt::format("auto_pad '{}' is not known", mode));
  }
  return window;
}

TensorId with_height(ImportedGraph& graph, TensorId id) {
  const Shape shape = graph.shape(id);
  return shape.size() == 4 ? id : graph.reshape(id, {shape[0], 1, shape[1], shape[2]});
}

TensorId without_height(ImportedGraph& graph, TensorId id, int rank) {
  const Shape shape = graph.shape(id);
  return rank == 4 ? id : graph.reshape(id, {shape[0], shape[2], shape[3]});
}

}  // namespace mote
