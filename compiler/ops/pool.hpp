#pragma once

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/quantized_math.hpp"
#include "ops/window.hpp"

namespace mote {

/// A kernel of mote/`header`.hpp that makes up to `lanes` int8 channels together.
KernelCall lower_pool(const NodeView& node, const Window& window, std::string_view function, Activation activation,
                      std::string_view header = "pool", std::int64_t lanes = 4);

/// Base of the pooling operators: attributes, shape rule, and the walk over windows.
template <typename Derived>
class PoolOperator : public OperatorBase<Derived> {
 public:
  Padding padding;
  std::int32_t k_h = 1, k_w = 1, stride_h = 1, stride_w = 1;
  Activation activation = Activation::kNone;

  template <typename V>
  void fields(V& v) {
    v.visit("padding", padding);
    v.visit("k_h", k_h);
    v.visit("k_w", k_w);
    v.visit("stride_h", stride_h);
    v.visit("stride_w", stride_w);
    v.visit("activation", activation);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::Pool2DOptions>(op);
    if (given == nullptr) return;
    padding = read_padding(given->padding());
    k_h = given->filter_height();
    k_w = given->filter_width();
    stride_h = given->stride_h();
    stride_w = given->stride_w();
    activation = read_activation(given->fused_activation_function());
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreatePool2DOptions(to.builder(), write_padding(padding), stride_w, stride_h, k_w, k_h,
                                       write_activation(activation)));
  }

  Window window(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    require_rank(node.input(0), 4, 4);
    Window w{in[0], in[1], in[2], in[3], 1, 1, in[3], k_h, k_w, stride_h, stride_w};
    w.place(padding);
    const auto misses = [](std::int32_t in, std::int32_t out, std::int32_t kernel, std::int32_t stride, std::int32_t before) {
      return before >= kernel || std::int64_t{out - 1} * stride - before >= in;
    };
    if (misses(w.in_h, w.out_h, k_h, stride_h, w.pad_top) || misses(w.in_w, w.out_w, k_w, stride_w, w.pad_left)) {
      throw Error(fmt::format("a window of {}x{} would lie in the padding alone", k_h, k_w));
    }
    if (std::int64_t{k_h} * k_w > INT32_MAX) throw Error(fmt::format("a window of {}x{} is too large", k_h, k_w));
    return w;
  }

  std::int64_t visits(const NodeView& node) const { return node.output().elements() * k_h * k_w; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    require_same_type(in, node.output());
    if (is_float(in.type)) {
      activation_range(activation);
    } else {
      require_quantized(in);
      require_quantized(node.output());
      if (std::abs(in.scale() - node.output().scale()) > 1e-6F || in.zero_point() != node.output().zero_point()) {
        require_same_quantization(in, node.output());
      }
      activation_range(activation, node.output());
    }
    return {{in.type, window(node).output_shape()}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override {
    return QuantizationRule::shared({0}).with_channel_scales();
  }

  ChannelFlow channel_flow(const NodeView&) const override { return ChannelFlow::kCoupled; }
  /// A mean or maximum lies within the range of its values; the clamp comes after.
  Ranges output_ranges(const NodeView& node, const Ranges& in) const override {
    const auto [lowest, highest] = activation_range(activation, node.output());
    Ranges result;
    for (const Interval& each : in)
      result.push_back({std::clamp(each.lowest, lowest, highest), std::clamp(each.highest, lowest, highest)});
    return result;
  }
  void keep_channels(Graph&, Node&, const std::vector<bool>&, const std::vector<std::optional<std::int32_t>>&,
                     const std::vector<bool>&) const override {}

 protected:
  /// Gives `reduce` the values of each window that lie inside the input, and stores its clamped result.
  template <typename T, typename Reduce>
  void for_each_window(const Evaluation& e, Reduce&& reduce) const {
    const Window w = window(e);
    const auto in = e.in<T>(0);
    T* out = e.out<T>().data();
    const auto clamp_result = [&](T value) -> T {
      if constexpr (std::is_same_v<T, float>) {
        const auto [lowest, highest] = activation_range(activation);
        return std::clamp(value, lowest, highest);
      } else {
        const auto [lowest, highest] = activation_range(activation, e.output());
        return static_cast<T>(std::clamp<std::int32_t>(value, lowest, highest));
      }
    };
    std::vector<T> values;
    for (std::int32_t b = 0; b < w.batch; ++b)
      for (std::int32_t y = 0; y < w.out_h; ++y)
        for (std::int32_t x = 0; x < w.out_w; ++x)
          for (std::int32_t c = 0; c < w.out_c; ++c) {
            values.clear();
            const std::int32_t top = y * w.stride_h - w.pad_top;
            const std::int32_t left = x * w.stride_w - w.pad_left;
            for (std::int32_t iy = std::max(top, 0); iy < std::min(top + w.k_h, w.in_h); ++iy)
              for (std::int32_t ix = std::max(left, 0); ix < std::min(left + w.k_w, w.in_w); ++ix) {
                values.push_back(
                    in[static_cast<std::size_t>(((static_cast<std::int64_t>(b) * w.in_h + iy) * w.in_w + ix) * w.in_c + c)]);
              }
            *out++ = clamp_result(reduce(values));
          }
  }
};

}  // namespace mote
