#include "ops/overlap.hpp"

namespace mote {

namespace {

/// For each place of the output along an axis the first place of the input that its window sees, or -1.
std::vector<std::int64_t> first_seen(std::int32_t in, std::int32_t out, std::int32_t kernel, std::int32_t stride,
                                     std::int32_t dilation, std::int32_t before) {
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t start = i * stride - before;
    const std::int64_t taps = start < 0 ? (-start + dilation - 1) / dilation : 0;
    const std::int64_t place = start + taps * dilation;
    first.push_back(taps < kernel && place < in ? place : -1);
  }
  return first;
}

}  // namespace

std::int64_t pixel_overlap(const PixelSources& sources, const PixelOrder& order) {
  const auto pixels = static_cast<std::int64_t>(sources.first.size());
  const std::int64_t run = order.run > 0 ? order.run : pixels;
  AccessOrder access(sources.input_bytes);
  std::int64_t overlap = access.overlap();
  for (std::int64_t begin = 0; begin < pixels; begin += run) {
    for (std::int64_t next = 0; next < run; next += order.tile) {
      const std::int64_t start =
          begin + (order.overlaps_last ? std::max<std::int64_t>(std::min(next, run - order.tile), 0) : next);
      const std::int64_t end = std::min(start + order.tile, begin + run);
      for (std::int64_t pixel = start; pixel < end; ++pixel) {
        const std::int64_t place = sources.first[static_cast<std::size_t>(pixel)];
        if (place < 0) continue;
        access.read(place);
        if (order.ahead) overlap = std::max(overlap, start * sources.pixel_bytes + *order.ahead - place);
      }
      access.write(end * sources.pixel_bytes);
    }
  }
  return std::max(overlap, access.overlap());
}

std::int64_t window_overlap(const Window& w, std::int64_t value_bytes, const PixelOrder& order) {
  const auto rows = first_seen(w.in_h, w.out_h, w.k_h, w.stride_h, w.dilation_h, w.pad_top);
  const auto columns = first_seen(w.in_w, w.out_w, w.k_w, w.stride_w, w.dilation_w, w.pad_left);
  PixelSources sources{{}, w.out_c * value_bytes, std::int64_t{w.batch} * w.in_h * w.in_w * w.in_c * value_bytes};
  for (std::int64_t b = 0; b < w.batch; ++b)
    for (const std::int64_t y : rows)
      for (const std::int64_t x : columns)
        sources.first.push_back(y < 0 || x < 0 ? -1 : ((b * w.in_h + y) * w.in_w + x) * w.in_c * value_bytes);
  return pixel_overlap(sources, order);
}

std::optional<std::int64_t> ahead_by_channel(const Window& window, std::int64_t value_bytes, std::int32_t depth) {
  if (window.out_c == 1) return std::nullopt;
  const std::int64_t groups = window.in_c / depth;
  // The last channel of the first group and that of the last: between them it grows or falls evenly.
  return value_bytes * std::max<std::int64_t>(window.out_c / groups - 1, window.out_c - 1 - (groups - 1) * depth);
}

std::optional<std::int64_t> ahead_in_lanes(std::int64_t channels, std::int64_t at_once) {
  if (channels == 1) return std::nullopt;
  return channels > at_once && channels % at_once != 0 ? at_once - channels % at_once : 0;
}

std::optional<std::int64_t> ahead_by_block(std::int64_t channels, std::int64_t block) {
  if (channels <= block) return std::nullopt;
  return (channels - 1) / block * block;
}

std::int64_t elementwise_overlap(std::int64_t elements, std::int64_t input_value_bytes, std::int64_t output_value_bytes) {
  AccessOrder access(elements * input_value_bytes);
  for (const std::int64_t i : {std::int64_t{1}, elements - 1}) {
    if (i < 1 || i >= elements) continue;
    access.write(i * output_value_bytes);
    access.read(i * input_value_bytes);
  }
  return access.overlap();
}

}  // namespace mote
