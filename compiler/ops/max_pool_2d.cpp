// MAX_POOL_2D: NHWC. The clamp of a fused activation comes last.
// Source: TensorFlow Lite MAX_POOL_2D.

#include "ops/cmsis_nn.hpp"
#include "ops/define.hpp"
#include "ops/pool.hpp"

namespace mote {

namespace {

class MaxPool2d : public PoolOperator<MaxPool2d> {
 public:
  static constexpr std::string_view kName = "max_pool_2d";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kFloat32:
        return pool<float>(e);
      case DataType::kInt8:
        return pool<std::int8_t>(e);
      default:
        return pool<std::int16_t>(e);
    }
  }

 private:
  template <typename T>
  void pool(const Evaluation& e) const {
    for_each_window<T>(e, [](const auto& values) -> T { return *std::max_element(values.begin(), values.end()); });
  }
};

KernelCall lower(const NodeView& node) {
  return lower_pool(node, MaxPool2d::of(node).window(node), "max_pool_2d", MaxPool2d::of(node).activation);
}
double cycles(const NodeView& node) { return 8.0 * static_cast<double>(MaxPool2d::of(node).visits(node)); }

std::optional<CmsisPool> cmsis(const NodeView& node) {
  const auto& op = MaxPool2d::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  return CmsisPool{op.window(node), false, activation_range(op.activation, node.output())};
}

bool mve_applies(const NodeView& node) {
  const Window w = MaxPool2d::of(node).window(node);
  return node.input(0).type == DataType::kInt8 && w.in_c >= 16;
}
double mve_cycles(const NodeView& node) { return static_cast<double>(MaxPool2d::of(node).visits(node)); }
KernelCall lower_mve(const NodeView& node) {
  return lower_pool(node, MaxPool2d::of(node).window(node), "max_pool_2d_mve", MaxPool2d::of(node).activation, "pool_mve", 16);
}

const std::vector<Implementation> MaxPool2d::kRows = {
    {.name = "max_pool_2d.mve", .isa = Isa::kMve, .applies = mve_applies, .cycles = mve_cycles, .lower = lower_mve},
    {.name = "max_pool_2d.direct", .cycles = cycles, .lower = lower},
    cmsis_row<cmsis, Isa::kMve>("max_pool_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kDsp>("max_pool_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kPortable>("max_pool_2d.cmsis_nn"),
};

}  // namespace

MOTE_DEFINE_OPERATOR(MaxPool2d, max_pool_2d)

}  // namespace mote
