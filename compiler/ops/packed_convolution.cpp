#include "ops/packed_convolution.hpp"

#include <algorithm>

#include "ops/overlap.hpp"

namespace mote {

std::vector<std::int32_t> PackedConvolution::order(MatrixForm form) const {
  auto order = window_order(window.k_h, row_bytes());
  return form == MatrixForm::kPairs ? order : with_even_steps(std::move(order));
}

PackedConvolution PackedConvolution::channels(std::int32_t first, std::int32_t count, bool as_uniform) const {
  const auto depth = static_cast<std::ptrdiff_t>(weights.size() / bias.size());
  PackedConvolution part{window,
                         {weights.begin() + first * depth, weights.begin() + (first + count) * depth},
                         {bias.begin() + first, bias.begin() + first + count},
                         finish.channels(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
                         as_uniform,
                         window.out_c - count};
  part.window.out_c = count;
  return part;
}

bool PackedConvolution::applies(MatrixForm form) const {
  return (window.dilation_w == 1 || window.k_w == 1) && matrix(form).has_value();
}

double PackedConvolution::cycles(MatrixForm form) const {
  const int columns = form == MatrixForm::kPairs ? 2 : 1;
  const double pixels = static_cast<double>(element_count(window.output_shape()) / window.out_c);
  const double left_over = static_cast<double>(window.k_h * (row_bytes() % 4));
  const double gather = 30 + 4.0 * static_cast<double>(steps(form)) + 2.0 * left_over;
  const double last_block = window.out_c % 4 == 0 ? 0 : 60;
  return pixels * gather + pixels / columns * (last_block + packed_matrix_cycles(form, window.out_c, steps(form)));
}

KernelCall PackedConvolution::lower(MatrixForm form, const NodeView& node) const {
  KernelCall call("conv_2d_packed", form == MatrixForm::kPairs ? "conv_2d_packed" : "conv_2d_by_bytes");
  const Window& w = window;
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w).set("out_c", w.out_c).set("k_h", w.k_h).set("k_w", w.k_w);
  call.set("stride_h", w.stride_h).set("stride_w", w.stride_w).set("dilation_h", w.dilation_h);
  call.set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.flag("pads", w.pads());
  if (w.pads()) call.set("input_zero_point", node.input(0).zero_point());
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
  PackedWords packed = matrix(form).value();
  if (form == MatrixForm::kPairs && uniform && window.out_c % 4 == 0) {
    packed.words.insert(packed.words.begin(), static_cast<std::int32_t>(packed.words.size()));
    ++packed.runs.front().others;
    call.flag("sized", true);
  } else if (form == MatrixForm::kPairs) {
    call.set("whole_words", static_cast<std::int64_t>(packed.whole));
    if (packed.whole != packed.words.size())
      call.set("last_words", static_cast<std::int64_t>(packed.words.size() - packed.whole));
  }
  if (out_gap > 0) {
    call.set("out_gap", out_gap);
  } else {
    call.overlapping(0, window_overlap(w, 1, {.tile = form == MatrixForm::kPairs ? 2 : 1}));
  }
  const WeightCells cells = form == MatrixForm::kPairs ? WeightCells::kJoined : WeightCells::kBytes;
  call.input(0).constant("matrix", packed.words).holds_weights(cells, packed.runs).output();
  // A row of zero points that two windows see, and the rows of a window, with room around them if they are narrow.
  const std::int64_t copy = static_cast<std::int64_t>(row_bytes() <= 32 ? 2 : 1) * row_bytes();
  const std::int64_t border = w.pads() ? std::max<std::int64_t>(copy, row_bytes() + w.stride_w * w.in_c) + w.k_h * copy : 0;
  return call.scratch((form == MatrixForm::kPairs ? 8 : 4) * steps(form) + border);
}

std::int64_t packed_code_bytes(const NodeView& node) {
  const bool pointwise = node.input(1).shape[1] * node.input(1).shape[2] == 1;
  return pointwise ? 400 : 950;
}

}  // namespace mote
