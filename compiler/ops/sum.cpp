// SUM over any set of axes; int32 and int64 wrap.
// Source: TensorFlow Lite Micro SUM.

#include "ops/reduce.hpp"

namespace mote {

namespace {

class Sum : public ReduceOperator<Sum> {
 public:
  static constexpr std::string_view kName = "sum";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 2};
  static const std::vector<Implementation> kRows;

  static bool is_scaled(const NodeView& node) {
    return node.input(0).type == DataType::kInt8 || node.input(0).type == DataType::kInt16;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const auto result =
        infer_reduction(node, {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
    if (is_scaled(node)) sum_multiplier(node);
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0}); }

  void evaluate(const Evaluation& e) const override {
    const auto same = [](auto x) { return x; };
    const auto wrapping = [](auto a, auto b) { return wrap_add(a, b); };
    switch (e.input(0).type) {
      case DataType::kInt8:
        return evaluate_scaled_reduction<std::int8_t>(e, sum_multiplier(e));
      case DataType::kInt16:
        return evaluate_scaled_reduction<std::int16_t>(e, sum_multiplier(e));
      case DataType::kInt32:
        return evaluate_reduction<std::int32_t>(e, same, wrapping, same);
      case DataType::kInt64:
        return evaluate_reduction<std::int64_t>(e, same, wrapping, same);
      default:
        return evaluate_reduction<float>(e, same, std::plus<>(), same);
    }
  }
};

KernelCall lower(const NodeView& node) {
  return Sum::is_scaled(node) ? lower_scaled_reduction(node, sum_multiplier(node)) : lower_reduction(node, "sum");
}

const std::vector<Implementation> Sum::kRows = {{.name = "sum.direct", .cycles = reduction_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Sum, sum)

}  // namespace mote
