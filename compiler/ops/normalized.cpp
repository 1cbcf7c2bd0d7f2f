#include "ops/normalized.hpp"

#include <cmath>

namespace mote {

std::vector<TensorType> infer_normalized(const NodeView& node, const NormalizedGroups& groups, float epsilon) {
  require_inputs(node, 2, 3);
  require_type(node.input(0), {DataType::kFloat32});
  require_type(node.output(), {DataType::kFloat32});
  require_elements(node.input(0));
  for (int i = 1; i < 3; ++i) {
    if (!node.has_input(i)) continue;
    require_type(node.input(i), {DataType::kFloat32});
    if (node.input(i).elements() != groups.parameters()) {
      throw Error(fmt::format("tensor '{}' has {} values; {} are needed for {}", node.input(i).name, node.input(i).elements(),
                              groups.parameters(), to_string(node.input(0).shape)));
    }
  }
  node.input(1);
  if (!(epsilon >= 0.0F) || !std::isfinite(epsilon)) throw Error(fmt::format("epsilon is {}; it must be 0 or more", epsilon));
  return {type_and_shape(node.input(0))};
}

void evaluate_normalized(const Evaluation& e, const NormalizedGroups& groups, float epsilon) {
  const auto in = e.in<float>(0);
  const auto scales = e.in<float>(1);
  const auto out = e.out<float>();
  const auto count = static_cast<float>(groups.count);
  for (std::int64_t o = 0; o < groups.outer; ++o)
    for (std::int64_t i = 0; i < groups.inner; ++i) {
      const auto place = [&](std::int64_t n) { return static_cast<std::size_t>((o * groups.count + n) * groups.inner + i); };
      float sum = 0.0F;
      for (std::int64_t n = 0; n < groups.count; ++n) sum += in[place(n)];
      const float mean = sum / count;
      float squares = 0.0F;
      for (std::int64_t n = 0; n < groups.count; ++n) squares += (in[place(n)] - mean) * (in[place(n)] - mean);
      const float factor = 1.0F / std::sqrt(squares / count + epsilon);
      for (std::int64_t n = 0; n < groups.count; ++n) {
        const auto parameter = static_cast<std::size_t>(groups.per_place ? n : i);
        const float bias = e.has_input(2) ? e.in<float>(2)[parameter] : 0.0F;
        out[place(n)] = (in[place(n)] - mean) * factor * scales[parameter] + bias;
      }
    }
}

KernelCall lower_normalized(const NodeView& node, const NormalizedGroups& groups, float epsilon) {
  KernelCall call("normalization", "normalize");
  call.set("outer", groups.outer).set("count", groups.count).set("inner", groups.inner);
  call.flag("per_place", groups.per_place).flag("has_bias", node.has_input(2)).real("epsilon", epsilon);
  call.value(node, 0, "values").value(node, 1, "scales");
  if (node.has_input(2)) {
    call.value(node, 2, "biases");
  } else {
    call.null();
  }
  return call.output().in_place_of({0});
}

double normalized_cycles(const NodeView& node) { return 12.0 * static_cast<double>(node.output().elements()); }

}  // namespace mote
