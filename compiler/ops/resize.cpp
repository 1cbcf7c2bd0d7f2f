#include "ops/resize.hpp"

namespace mote {

KernelCall describe_resize(const NodeView& node, std::string_view function) {
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  KernelCall call("resize", function);
  call.type("Value", node.input(0).type);
  call.set("batch", in[0]).set("in_h", in[1]).set("in_w", in[2]).set("channels", in[3]).set("out_h", out[1]).set("out_w", out[2]);
  return call.value(node, 0, "values");
}

}  // namespace mote
