#include "ops/pool.hpp"

namespace mote {

KernelCall lower_pool(const NodeView& node, const Window& window, std::string_view function, Activation activation,
                      std::string_view header) {
  KernelCall call(header, function);
  const Tensor& out = node.output();
  call.type("Value", out.type);
  window.describe(call);
  if (is_float(out.type)) {
    const auto [lowest, highest] = activation_range(activation);
    call.real("clamp_min", lowest).real("clamp_max", highest);
  } else {
    const auto [lowest, highest] = activation_range(activation, out);
    call.set("clamp_min", lowest).set("clamp_max", highest);
  }
  return call.input(0).output();
}

}  // namespace mote
