// RANGE: start, start + step, ... before the limit. All three are constants, so this folds into a constant.
// Source: TensorFlow Lite RANGE.

#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class Range : public OperatorBase<Range> {
 public:
  static constexpr std::string_view kName = "range";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    for (int i = 0; i < 3; ++i) {
      require_type(node.input(i), {DataType::kFloat32, DataType::kInt32, DataType::kInt64});
      require_same_type(node.input(i), node.output());
      require_constant(node.input(i), "start, limit and step");
      if (node.input(i).elements() != 1) throw Error(fmt::format("tensor '{}' must hold one value", node.input(i).name));
    }
    const double count = std::ceil((value(node, 1) - value(node, 0)) / value(node, 2));
    if (!(count >= 1.0 && count <= 1e6)) {
      throw Error(fmt::format("{} to {} in steps of {} is no range of 1 to 1000000 values", value(node, 0), value(node, 1),
                              value(node, 2)));
    }
    return {{node.output().type, {static_cast<std::int32_t>(count)}}};
  }

  void evaluate(const Evaluation& e) const override { write_values(e, e.out_bytes()); }

  static void write_values(const NodeView& node, std::uint8_t* bytes) {
    if (node.output().type == DataType::kFloat32) return count_up<float>(node, bytes);
    if (node.output().type == DataType::kInt32) return count_up<std::int32_t>(node, bytes);
    count_up<std::int64_t>(node, bytes);
  }

 private:
  static double value(const NodeView& node, int i) {
    const Tensor& tensor = node.input(i);
    if (tensor.type == DataType::kFloat32) return static_cast<double>(tensor.values<float>()[0]);
    if (tensor.type == DataType::kInt32) return static_cast<double>(tensor.values<std::int32_t>()[0]);
    return static_cast<double>(tensor.values<std::int64_t>()[0]);
  }

  template <typename T>
  static void count_up(const NodeView& node, std::uint8_t* bytes) {
    T next = node.input(0).values<T>()[0];
    for (std::int64_t i = 0; i < node.output().elements(); ++i, next += node.input(2).values<T>()[0]) {
      reinterpret_cast<T*>(bytes)[i] = next;
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "copy");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  Tensor values = node.output();
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(values.bytes()));
  Range::write_values(node, bytes.data());
  values.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  return call.constant("values", values).output();
}

const std::vector<Implementation> Range::kRows = {{.name = "copy", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Range, range)

}  // namespace mote
