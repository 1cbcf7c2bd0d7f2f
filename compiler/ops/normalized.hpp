#pragma once

#include <span>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

// What LAYER_NORMALIZATION and INSTANCE_NORMALIZATION share: groups of float32 values brought to mean 0 and variance 1, then
// scaled and moved. Inputs: values, scales and (optional) biases.

/// Group (o, i) holds value n at o * count * inner + n * inner + i.
struct NormalizedGroups {
  std::int64_t outer = 1, count = 1, inner = 1;
  /// Whether scales and biases go with the place in the group; otherwise with `i`.
  bool per_place = true;

  std::int64_t parameters() const { return per_place ? count : inner; }
};

/// float32, and as many scales and biases as are needed.
std::vector<TensorType> infer_normalized(const NodeView& node, const NormalizedGroups& groups, float epsilon);
void evaluate_normalized(const Evaluation& e, const NormalizedGroups& groups, float epsilon);
KernelCall lower_normalized(const NodeView& node, const NormalizedGroups& groups, float epsilon);
double normalized_cycles(const NodeView& node);

}  // namespace mote
