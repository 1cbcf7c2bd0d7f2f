#pragma once

#include "ops/binary.hpp"

namespace mote {

// What LESS, EQUAL and the other comparisons share: two inputs of one type, broadcast, to bool.

/// int8 and int16 are compared in one scale: (q - zero point) * 2^left_shift * scale, rounded to whole numbers.
/// Source: TensorFlow Lite's comparisons (8 bits more for int8); int16, which it lacks, has 15.
struct CompareScaling {
  int left_shift = 8;
  std::int32_t a_zero_point = 0, b_zero_point = 0;
  Multiplier a, b;
};
CompareScaling compare_scaling(const NodeView& node);
bool compares_scaled(const NodeView& node);

std::vector<TensorType> infer_compare(const NodeView& node);
KernelCall lower_compare(const NodeView& node, std::string_view function);

/// Base of the comparisons. `Derived` has `static bool holds(T a, T b)` for any T, and a kernel of its name in mote/compare.hpp.
template <typename Derived>
class CompareOperator : public OperatorBase<Derived> {
 public:
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static constexpr Implementation kRows[1] = {{.name = "compare", .cycles = binary_cycles, .lower = [](const NodeView& node) {
                                                 return lower_compare(node, Derived::kName);
                                               }}};

  std::vector<TensorType> infer(const NodeView& node) const override { return infer_compare(node); }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kFloat32:
        return compare<float>(e);
      case DataType::kInt32:
        return compare<std::int32_t>(e);
      case DataType::kInt64:
        return compare<std::int64_t>(e);
      case DataType::kBool:
        return compare<bool>(e);
      case DataType::kInt8:
        return compare_scaled<std::int8_t>(e);
      default:
        return compare_scaled<std::int16_t>(e);
    }
  }

 private:
  template <typename T>
  static void compare(const Evaluation& e) {
    evaluate_elements<T, bool>(e, [](T a, T b) { return Derived::holds(a, b); });
  }
  template <typename T>
  static void compare_scaled(const Evaluation& e) {
    const CompareScaling by = compare_scaling(e);
    evaluate_elements<T, bool>(e, [&](T a, T b) {
      return Derived::holds(requantize(wrap_shift_left(a - by.a_zero_point, by.left_shift), by.a),
                            requantize(wrap_shift_left(b - by.b_zero_point, by.left_shift), by.b));
    });
  }
};

}  // namespace mote
