// MEAN over any set of axes.
// Source: TensorFlow Lite Micro MEAN: for integers, 1 / count is part of the multiplier.

#include "ops/overlap.hpp"
#include "ops/reduce.hpp"

namespace mote {

namespace {

class Mean : public ReduceOperator<Mean> {
 public:
  static constexpr std::string_view kName = "mean";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result = infer_reduction(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    if (!is_float(result[0].type)) mean_multiplier(node);
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0}); }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt8) return evaluate_scaled_reduction<std::int8_t>(e, mean_multiplier(e));
    if (e.input(0).type == DataType::kInt16) return evaluate_scaled_reduction<std::int16_t>(e, mean_multiplier(e));
    const auto count = static_cast<float>(ReducedAxes(e).count());
    evaluate_reduction<float>(e, [](float x) { return x; }, std::plus<>(), [&](float sum) { return sum / count; });
  }
};

KernelCall lower(const NodeView& node) {
  return is_float(node.input(0).type) ? lower_reduction(node, "mean_float") : lower_scaled_reduction(node, mean_multiplier(node));
}

/// Channels that stay and lie beside each other, under reduced axes that lie beside each other.
bool mve_applies(const NodeView& node) {
  const ReducedAxes a(node);
  const std::int64_t channels = a.kept[1].extent;
  return node.input(0).type == DataType::kInt8 && mean_multiplier(node).shift < 0 && mean_multiplier(node).shift >= -31 &&
         channels >= 4 && a.count() < (1 << 22) && a.kept[1].step == 1 && a.reduced[1].step == channels &&
         (a.reduced[0].extent == 1 || a.reduced[0].step == channels * a.reduced[1].extent) &&
         (a.kept[0].extent == 1 || a.kept[0].step == channels * a.count());
}
double mve_cycles(const NodeView& node) {
  return static_cast<double>(node.input(0).elements()) + 4.0 * static_cast<double>(node.output().elements());
}
KernelCall lower_mve(const NodeView& node) {
  constexpr std::int64_t kLanes = 4;
  const Tensor& in = node.input(0);
  const ReducedAxes a(node);
  const Multiplier scaling = mean_multiplier(node);
  KernelCall call("pool_mve", "mean_mve");
  call.set("outer", a.kept[0].extent).set("count", a.count()).set("channels", a.kept[1].extent);
  call.set("zero_sum", wrap_multiply(in.zero_point(), static_cast<std::int32_t>(a.count())));
  call.set("multiplier", scaling.multiplier).set("shift", scaling.shift).set("output_zero_point", node.output().zero_point());
  // A pool over all of each image.
  Window w;
  w.batch = static_cast<std::int32_t>(a.kept[0].extent);
  w.in_h = w.k_h = static_cast<std::int32_t>(a.count());
  w.in_c = w.out_c = static_cast<std::int32_t>(a.kept[1].extent);
  return call.value(node, 0, "values").output().overlapping(0, window_overlap(w, 1, {.ahead = ahead_in_lanes(w.in_c, kLanes)}));
}

const std::vector<Implementation> Mean::kRows = {
    {.name = "mean.mve", .isa = Isa::kMve, .applies = mve_applies, .cycles = mve_cycles, .lower = lower_mve},
    {.name = "mean.direct", .cycles = reduction_cycles, .lower = lower},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Mean, mean)

}  // namespace mote
