#include "ops/resize.hpp"

#include "ops/overlap.hpp"

namespace mote {

KernelCall describe_resize(const NodeView& node, std::string_view function) {
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  KernelCall call("resize", function);
  call.type("Value", node.input(0).type);
  call.set("batch", in[0]).set("in_h", in[1]).set("in_w", in[2]).set("channels", in[3]).set("out_h", out[1]).set("out_w", out[2]);
  return call.value(node, 0, "values");
}

KernelCall finish_resize(KernelCall call, const NodeView& node, const std::vector<std::int16_t>& rows,
                         const std::vector<std::int16_t>& columns, bool copies) {
  const Shape& in = node.input(0).shape;
  const std::int64_t pixel = in[3] * static_cast<std::int64_t>(type_bytes(node.input(0).type));
  PixelSources sources{{}, pixel, element_count(in) / in[3] * pixel};
  for (std::int64_t b = 0; b < in[0]; ++b)
    for (const std::int64_t y : rows)
      for (const std::int64_t x : columns) sources.first.push_back(((b * in[1] + y) * in[2] + x) * pixel);
  return std::move(call.output().overlapping(0, pixel_overlap(sources, {.ahead = copies ? pixel : 0})));
}

}  // namespace mote
