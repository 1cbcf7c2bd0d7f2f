// AVERAGE_POOL_2D: NHWC. The clamp of a fused activation comes last.
// Source: TensorFlow Lite AVERAGE_POOL_2D.

#include "ops/cmsis_nn.hpp"
#include "ops/define.hpp"
#include "ops/pool.hpp"

namespace mote {

namespace {

class AveragePool2d : public PoolOperator<AveragePool2d> {
 public:
  static constexpr std::string_view kName = "average_pool_2d";
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
    for_each_window<T>(e, [](const auto& values) -> T {
      if constexpr (std::is_same_v<T, float>) {
        float sum = 0.0F;
        for (const float value : values) sum += value;
        return sum / static_cast<float>(values.size());
      } else {
        // Stored values are averaged, half away from zero; the zero point takes no part.
        std::int32_t sum = 0;
        for (const T value : values) sum += value;
        const auto count = static_cast<std::int32_t>(values.size());
        return static_cast<T>((sum > 0 ? sum + count / 2 : sum - count / 2) / count);
      }
    });
  }
};

KernelCall lower(const NodeView& node) {
  return lower_pool(node, AveragePool2d::of(node).window(node), "average_pool_2d", AveragePool2d::of(node).activation);
}
double cycles(const NodeView& node) { return 8.0 * static_cast<double>(AveragePool2d::of(node).visits(node)); }

std::optional<CmsisPool> cmsis(const NodeView& node) {
  const auto& op = AveragePool2d::of(node);
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  return CmsisPool{op.window(node), true, activation_range(op.activation, node.output())};
}

bool mve_applies(const NodeView& node) {
  const Window w = AveragePool2d::of(node).window(node);
  return node.input(0).type == DataType::kInt8 && w.in_c >= 8 && w.k_h * static_cast<std::int64_t>(w.k_w) <= 255;
}
double mve_cycles(const NodeView& node) { return static_cast<double>(AveragePool2d::of(node).visits(node)); }
KernelCall lower_mve(const NodeView& node) {
  return lower_pool(node, AveragePool2d::of(node).window(node), "average_pool_2d_mve", AveragePool2d::of(node).activation,
                    "pool_mve", 8);
}

const std::vector<Implementation> AveragePool2d::kRows = {
    {.name = "average_pool_2d.mve", .isa = Isa::kMve, .applies = mve_applies, .cycles = mve_cycles, .lower = lower_mve},
    {.name = "average_pool_2d.direct", .cycles = cycles, .lower = lower},
    cmsis_row<cmsis, Isa::kMve>("average_pool_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kDsp>("average_pool_2d.cmsis_nn"),
    cmsis_row<cmsis, Isa::kPortable>("average_pool_2d.cmsis_nn"),
};

}  // namespace

MOTE_DEFINE_OPERATOR(AveragePool2d, average_pool_2d)

}  // namespace mote
