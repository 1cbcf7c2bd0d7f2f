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
  AccessOrder access(element_count(in) / in[3] * pixel);
  std::int64_t written = 0;
  for (std::int64_t b = 0; b < in[0]; ++b) {
    for (const std::int64_t y : rows) {
      for (const std::int64_t x : columns) {
        // Otherwise a pixel is made channel by channel, so that a channel written is as far from the one read as the pixels.
        access.write(written + (copies ? pixel : 0));
        access.read(((b * in[1] + y) * in[2] + x) * pixel);
        written += pixel;
        access.write(written);
      }
    }
  }
  return std::move(call.output().overlapping(0, access.overlap()));
}

}  // namespace mote
