#include "ops/view.hpp"

namespace mote {

KernelCall lower_copy(const NodeView& node) {
  KernelCall call("copy", "copy");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  return call.value(node, 0, "values").output();
}

}  // namespace mote
