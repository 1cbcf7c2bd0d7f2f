#include "train/torch/operators.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <ATen/ATen.h>

namespace mote {

namespace {

using at::Tensor;

Tensor activated(const Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return x;
    case Activation::kRelu:
      return at::relu(x);
    case Activation::kReluN1To1:
      return at::clamp(x, -1, 1);
    case Activation::kRelu6:
      return at::clamp(x, 0, 6);
    case Activation::kTanh:
      return at::tanh(x);
    case Activation::kSignBit:
      break;
  }
  throw std::invalid_argument("the activation sign_bit has no gradient");
}

Tensor fused(const StepInputs& s, const Tensor& x) { return activated(x, s.attribute<Activation>("activation")); }

Tensor channels_first(const Tensor& x) { return x.permute({0, 3, 1, 2}); }
Tensor channels_last(const Tensor& x) { return x.permute({0, 2, 3, 1}); }

/// Where a window stands: what is put around the image so that the outputs are as many as the graph says.
struct Place {
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool is_even() const { return top == bottom && left == right; }
};

struct Border {
  std::int64_t before = 0, after = 0;
};

/// After TensorFlow's rule; at the end a window may also stop short of the image.
Border border_of(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                 Padding::Kind kind, std::int64_t given) {
  const std::int64_t needed = (out - 1) * stride + (kernel - 1) * dilation + 1 - in;
  const std::int64_t same = std::max<std::int64_t>(needed, 0) / 2;
  const std::int64_t before = kind == Padding::Kind::kSame ? same : kind == Padding::Kind::kGiven ? given : 0;
  return {before, std::max<std::int64_t>(needed - before, 0)};
}

struct Kernel {
  std::int64_t h = 1, w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
};

Place place_of(const StepInputs& s, const Kernel& k) {
  const auto padding = s.attribute<Padding>("padding");
  const Shape& in = s.value(0).shape;
  const Shape& out = s.output().shape;
  const Border rows = border_of(in[1], out[1], k.h, k.stride_h, k.dilation_h, padding.kind, padding.top);
  const Border columns = border_of(in[2], out[2], k.w, k.stride_w, k.dilation_w, padding.kind, padding.left);
  return {rows.before, rows.after, columns.before, columns.after};
}

Tensor with_border(const Tensor& x, const Place& p, double value) {
  if (p.top == 0 && p.bottom == 0 && p.left == 0 && p.right == 0) return x;
  return at::constant_pad_nd(x, {p.left, p.right, p.top, p.bottom}, value);
}

Tensor convolution(const StepInputs& s, const Tensor& weights, const Kernel& k, std::int64_t groups) {
  const Place place = place_of(s, k);
  Tensor x = channels_first(s.tensors[0]);
  std::vector<std::int64_t> padding{place.top, place.left};
  if (!place.is_even()) {
    x = with_border(x, place, 0);
    padding = {0, 0};
  }
  const Tensor bias = s.has(2) ? s.tensors[2] : Tensor();
  const Tensor y = at::conv2d(x, weights, bias, {k.stride_h, k.stride_w}, padding, {k.dilation_h, k.dilation_w}, groups);
  // A window that needs less after the image than before it leaves more outputs than wanted.
  const Shape& out = s.output().shape;
  return fused(s, channels_last(y.slice(2, 0, out[1]).slice(3, 0, out[2])));
}

Kernel kernel_of(const StepInputs& s, std::int64_t h, std::int64_t w) {
  return {h,
          w,
          s.attribute<std::int32_t>("stride_h"),
          s.attribute<std::int32_t>("stride_w"),
          s.attribute<std::int32_t>("dilation_h"),
          s.attribute<std::int32_t>("dilation_w")};
}

Tensor conv_2d(const StepInputs& s) {
  const Shape& w = s.value(1).shape;
  return convolution(s, channels_first(s.tensors[1]), kernel_of(s, w[1], w[2]), s.value(0).shape[3] / w[3]);
}

Tensor depthwise_conv_2d(const StepInputs& s) {
  const Shape& w = s.value(1).shape;
  return convolution(s, s.tensors[1].permute({3, 0, 1, 2}), kernel_of(s, w[1], w[2]), s.value(0).shape[3]);
}

Tensor in_shape_of_output(const StepInputs& s, const Tensor& x) {
  std::vector<std::int64_t> shape(s.output().shape.begin(), s.output().shape.end());
  shape[0] = -1;
  return x.reshape(shape);
}

Tensor fully_connected(const StepInputs& s) {
  const Tensor rows = s.tensors[0].reshape({-1, s.value(1).shape[1]});
  Tensor y = at::matmul(rows, s.tensors[1].t());
  if (s.has(2)) y = y + s.tensors[2];
  return fused(s, in_shape_of_output(s, y));
}

Kernel pool_kernel(const StepInputs& s) {
  return {s.attribute<std::int32_t>("k_h"), s.attribute<std::int32_t>("k_w"), s.attribute<std::int32_t>("stride_h"),
          s.attribute<std::int32_t>("stride_w")};
}

Tensor cut_to_output(const StepInputs& s, const Tensor& y) {
  const Shape& out = s.output().shape;
  return channels_last(y.slice(2, 0, out[1]).slice(3, 0, out[2]));
}

/// Only what lies in the image is averaged.
Tensor average_pool_2d(const StepInputs& s) {
  const Kernel k = pool_kernel(s);
  const Place place = place_of(s, k);
  const auto sums = [&](const Tensor& x) {
    return at::avg_pool2d(with_border(x, place, 0), {k.h, k.w}, {k.stride_h, k.stride_w}, {0, 0}, false, true, 1);
  };
  const Tensor x = channels_first(s.tensors[0]);
  const Tensor counts = sums(at::ones({1, 1, x.size(2), x.size(3)}));
  return fused(s, cut_to_output(s, sums(x) / counts));
}

Tensor max_pool_2d(const StepInputs& s) {
  const Kernel k = pool_kernel(s);
  const Tensor x = with_border(channels_first(s.tensors[0]), place_of(s, k), -std::numeric_limits<double>::infinity());
  return fused(s, cut_to_output(s, at::max_pool2d(x, {k.h, k.w}, {k.stride_h, k.stride_w})));
}

std::vector<std::int64_t> axes_of(const StepInputs& s) {
  const auto rank = static_cast<std::int64_t>(s.value(0).shape.size());
  std::vector<std::int64_t> axes;
  for (const std::int32_t axis : s.value(1).integers) axes.push_back(axis < 0 ? axis + rank : axis);
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

Tensor mean(const StepInputs& s) { return in_shape_of_output(s, s.tensors[0].mean(axes_of(s))); }
Tensor sum(const StepInputs& s) { return in_shape_of_output(s, s.tensors[0].sum(axes_of(s))); }
Tensor reduce_max(const StepInputs& s) { return in_shape_of_output(s, s.tensors[0].amax(axes_of(s))); }

Tensor padded(const StepInputs& s, double value) {
  const std::vector<std::int32_t>& pairs = s.value(1).integers;
  std::vector<std::int64_t> borders;  // the last axis first
  for (std::size_t axis = pairs.size() / 2; axis-- > 0;) {
    borders.push_back(pairs[2 * axis]);
    borders.push_back(pairs[2 * axis + 1]);
  }
  return at::constant_pad_nd(s.tensors[0], borders, value);
}

Tensor transpose(const StepInputs& s) {
  const std::vector<std::int32_t>& order = s.value(1).integers;
  return s.tensors[0].permute(std::vector<std::int64_t>(order.begin(), order.end()));
}

Tensor concatenation(const StepInputs& s) {
  return at::cat(s.tensors, s.attribute<std::int32_t>("axis"));
}

template <Tensor (*function)(const Tensor&)>
Tensor of_each(const StepInputs& s) {
  return function(s.tensors[0]);
}

std::map<std::string, TorchOperator> make_operators() {
  std::map<std::string, TorchOperator> all;
  all["conv_2d"] = conv_2d;
  all["depthwise_conv_2d"] = depthwise_conv_2d;
  all["fully_connected"] = fully_connected;
  all["average_pool_2d"] = average_pool_2d;
  all["max_pool_2d"] = max_pool_2d;
  all["mean"] = mean;
  all["sum"] = sum;
  all["reduce_max"] = reduce_max;
  all["pad"] = [](const StepInputs& s) { return padded(s, 0); };
  all["padv2"] = [](const StepInputs& s) { return padded(s, s.value(2).numbers.at(0)); };
  all["transpose"] = transpose;
  all["concatenation"] = concatenation;
  for (const char* name : {"reshape", "squeeze", "expand_dims"})
    all[name] = [](const StepInputs& s) { return in_shape_of_output(s, s.tensors[0]); };
  all["add"] = [](const StepInputs& s) { return fused(s, s.tensors[0] + s.tensors[1]); };
  all["sub"] = [](const StepInputs& s) { return fused(s, s.tensors[0] - s.tensors[1]); };
  all["mul"] = [](const StepInputs& s) { return fused(s, s.tensors[0] * s.tensors[1]); };
  all["div"] = [](const StepInputs& s) { return fused(s, s.tensors[0] / s.tensors[1]); };
  all["maximum"] = [](const StepInputs& s) { return at::maximum(s.tensors[0], s.tensors[1]); };
  all["minimum"] = [](const StepInputs& s) { return at::minimum(s.tensors[0], s.tensors[1]); };
  all["softmax"] = [](const StepInputs& s) { return at::softmax(s.tensors[0] * s.attribute<float>("beta"), -1); };
  all["log_softmax"] = [](const StepInputs& s) { return at::log_softmax(s.tensors[0], -1); };
  all["relu"] = of_each<at::relu>;
  all["relu6"] = [](const StepInputs& s) { return at::clamp(s.tensors[0], 0, 6); };
  all["relu_n1_to_1"] = [](const StepInputs& s) { return at::clamp(s.tensors[0], -1, 1); };
  all["leaky_relu"] = [](const StepInputs& s) { return at::leaky_relu(s.tensors[0], s.attribute<float>("alpha")); };
  all["hard_swish"] = of_each<at::hardswish>;
  all["logistic"] = of_each<at::sigmoid>;
  all["tanh"] = of_each<at::tanh>;
  all["exp"] = of_each<at::exp>;
  all["abs"] = of_each<at::abs>;
  all["neg"] = of_each<at::neg>;
  all["square"] = of_each<at::square>;
  return all;
}

}  // namespace

const std::map<std::string, TorchOperator>& torch_operators() {
  static const std::map<std::string, TorchOperator> all = make_operators();
  return all;
}

}  // namespace mote
