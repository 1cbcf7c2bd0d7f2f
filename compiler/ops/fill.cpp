// FILL: one value, the second input, everywhere in the shape that the first one gives.
// Source: TensorFlow Lite FILL.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class Fill : public OperatorBase<Fill> {
 public:
  static constexpr std::string_view kName = "fill";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& value = node.input(1);
    require_same_type(value, node.output());
    if (!value.quantization.empty() || !node.output().quantization.empty()) require_same_quantization(value, node.output());
    if (value.elements() != 1) throw Error(fmt::format("the value has {} elements; one is needed", value.elements()));
    const Shape shape = node.integers(0, "shape");
    for (const std::int32_t extent : shape) {
      if (extent <= 0) throw Error(fmt::format("shape {} is not valid", to_string(shape)));
    }
    return {{value.type, shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const std::size_t size = type_bytes(e.output().type);
    for (std::int64_t i = 0; i < e.output().elements(); ++i) {
      std::memcpy(e.out_bytes() + static_cast<std::size_t>(i) * size, e.in_bytes(1), size);
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "fill");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  return call.value(node, 1, "value").output();
}

const std::vector<Implementation> Fill::kRows = {{.name = "fill", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Fill, fill)

}  // namespace mote
