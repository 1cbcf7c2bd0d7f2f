#include "ops/pool.hpp"

#include "ops/overlap.hpp"

namespace mote {

KernelCall lower_pool(const NodeView& node, const Window& window, std::string_view function, Activation activation,
                      std::string_view header, std::int64_t lanes) {
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
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(out.type));
  const auto ahead = ahead_in_lanes(window.out_c, out.type == DataType::kInt8 ? lanes : 1);
  return call.input(0).output().overlapping(0, window_overlap(window, value_bytes, {.ahead = ahead}));
}

}  // namespace mote
