#include "ops/packed_convolution.hpp"

namespace mote {

std::int64_t PackedConvolution::steps() const { return static_cast<std::int64_t>(window_order(window.k_h, row_bytes()).size()) / 2; }

std::optional<std::vector<std::int32_t>> PackedConvolution::matrix() const {
  return pack_matrix({weights, bias, window_order(window.k_h, row_bytes())}, finish);
}

bool PackedConvolution::applies() const { return (window.dilation_w == 1 || window.k_w == 1) && matrix().has_value(); }

double PackedConvolution::cycles() const {
  const double pairs = static_cast<double>((element_count(window.output_shape()) / window.out_c + 1) / 2);
  const double left_over = static_cast<double>(window.k_h * (row_bytes() % 4));
  const double gather = 60 + 8.0 * static_cast<double>(steps()) + 4.0 * left_over;
  const double last_block = window.out_c % 4 == 0 ? 0 : 60;
  return pairs * (gather + last_block + packed_matrix_cycles(window.out_c, steps(), 2));
}

KernelCall PackedConvolution::lower(const NodeView& node) const {
  KernelCall call("conv_2d_packed", "conv_2d_packed");
  const Window& w = window;
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w).set("out_c", w.out_c).set("k_h", w.k_h).set("k_w", w.k_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("dilation_h", w.dilation_h);
  call.set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.flag("pads", w.pads());
  if (w.pads()) call.set("input_zero_point", node.input(0).zero_point());
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
  call.input(0).constant("matrix", matrix().value()).output();
  // A row of zero points and a window; narrow rows are copied with room around them.
  const std::int64_t border = window.pads() ? static_cast<std::int64_t>(row_bytes() <= 32 ? 2 : 1) * (window.k_h + 1) * row_bytes() : 0;
  return call.scratch(8 * steps() + border);
}

}  // namespace mote
