#include "ops/window.hpp"

#include <algorithm>

namespace mote {

namespace {

struct Extent {
  std::int32_t out, before;
};

/// One axis. `same`: ceil(in / stride) results, padding split with the odd one behind.
Extent place_axis(std::int32_t in, std::int32_t kernel, std::int32_t stride, std::int32_t dilation, Padding::Kind kind,
                  std::int32_t before, std::int32_t after) {
  if (in <= 0 || kernel <= 0 || stride <= 0 || dilation <= 0) {
    throw Error(fmt::format("window of size {}, stride {}, dilation {} over {} is impossible", kernel, stride, dilation, in));
  }
  const std::int64_t reach = (static_cast<std::int64_t>(kernel) - 1) * dilation + 1;
  std::int64_t out = 0;
  std::int64_t pad = 0;
  switch (kind) {
    case Padding::Kind::kSame:
      out = (static_cast<std::int64_t>(in) + stride - 1) / stride;
      pad = std::max<std::int64_t>(0, (out - 1) * stride + reach - in) / 2;
      break;
    case Padding::Kind::kValid:
      out = (static_cast<std::int64_t>(in) - reach + stride) / stride;
      break;
    case Padding::Kind::kGiven:
      if (before < 0 || after < 0) throw Error(fmt::format("padding of {} and {} is negative", before, after));
      out = (static_cast<std::int64_t>(in) + before + after - reach + stride) / stride;
      pad = before;
      break;
  }
  if (out <= 0) throw Error(fmt::format("window of size {} with dilation {} does not fit into {}", kernel, dilation, in));
  // Kernels compute positions in 32 bits.
  if (out > INT32_MAX || (out - 1) * stride + reach > INT32_MAX) {
    throw Error(fmt::format("window of size {} with dilation {} over {} is too large", kernel, dilation, in));
  }
  return {static_cast<std::int32_t>(out), static_cast<std::int32_t>(pad)};
}

}  // namespace

void Window::place(const Padding& padding) {
  const Extent vertical = place_axis(in_h, k_h, stride_h, dilation_h, padding.kind, padding.top, padding.bottom);
  const Extent horizontal = place_axis(in_w, k_w, stride_w, dilation_w, padding.kind, padding.left, padding.right);
  out_h = vertical.out;
  pad_top = vertical.before;
  out_w = horizontal.out;
  pad_left = horizontal.before;
}

bool Window::pads() const {
  const auto reads_past = [](std::int32_t in, std::int32_t out, std::int32_t stride, std::int32_t kernel, std::int32_t dilation,
                             std::int32_t before) {
    return before > 0 ||
           (static_cast<std::int64_t>(out) - 1) * stride + (static_cast<std::int64_t>(kernel) - 1) * dilation - before >= in;
  };
  return reads_past(in_h, out_h, stride_h, k_h, dilation_h, pad_top) ||
         reads_past(in_w, out_w, stride_w, k_w, dilation_w, pad_left);
}

WeightTaps Window::taps(std::int32_t depth) const {
  WeightTaps result;
  result.positions = static_cast<std::int64_t>(batch) * out_h * out_w;
  result.taps = static_cast<std::int64_t>(k_h) * k_w * depth;
  result.groups = in_c / depth;
  result.group_step = depth;
  result.offsets.reserve(static_cast<std::size_t>(result.positions * result.taps));
  for (std::int32_t b = 0; b < batch; ++b)
    for (std::int32_t y = 0; y < out_h; ++y)
      for (std::int32_t x = 0; x < out_w; ++x)
        for (std::int32_t ky = 0; ky < k_h; ++ky)
          for (std::int32_t kx = 0; kx < k_w; ++kx) {
            const std::int32_t iy = y * stride_h - pad_top + ky * dilation_h;
            const std::int32_t ix = x * stride_w - pad_left + kx * dilation_w;
            const bool inside = iy >= 0 && iy < in_h && ix >= 0 && ix < in_w;
            const std::int32_t pixel = ((b * in_h + iy) * in_w + ix) * in_c;
            for (std::int32_t i = 0; i < depth; ++i) result.offsets.push_back(inside ? pixel + i : -1);
          }
  return result;
}

void Window::describe(KernelCall& call) const {
  call.set("batch", batch).set("in_h", in_h).set("in_w", in_w).set("in_c", in_c);
  call.set("out_h", out_h).set("out_w", out_w).set("out_c", out_c);
  call.set("k_h", k_h).set("k_w", k_w).set("stride_h", stride_h).set("stride_w", stride_w);
  call.set("dilation_h", dilation_h).set("dilation_w", dilation_w).set("pad_top", pad_top).set("pad_left", pad_left);
}

}  // namespace mote
