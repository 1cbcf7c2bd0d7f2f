// LABEL_ENCODER: each number that is one of `keys` becomes the value of the same place, every other one the default.
// Inputs: x; keys (ascending, of x's type); values; the default (one value). Source: ONNX ai.onnx.ml LabelEncoder.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class LabelEncoder : public OperatorBase<LabelEncoder> {
 public:
  static constexpr std::string_view kName = "label_encoder";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 4, 4);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt32});
    require_same_type(node.input(0), node.input(1));
    require_type(node.input(2), {DataType::kFloat32, DataType::kInt32});
    require_same_type(node.input(2), node.input(3));
    for (const int i : {1, 2, 3}) {
      require_constant(node.input(i), "a table");
      require_rank(node.input(i), 1, 1);
      require_elements(node.input(i));
    }
    if (node.input(1).shape != node.input(2).shape || node.input(3).elements() != 1)
      throw Error(fmt::format("{} keys have {} values and {} defaults", node.input(1).elements(), node.input(2).elements(),
                              node.input(3).elements()));
    const bool sorted = node.input(0).type == DataType::kFloat32 ? ascending<float>(node.input(1)) : ascending<std::int32_t>(node.input(1));
    if (!sorted) throw Error("the keys are not ascending numbers");
    return {{node.input(2).type, node.input(0).shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const bool real_keys = e.input(0).type == DataType::kFloat32, real_values = e.input(2).type == DataType::kFloat32;
    if (real_keys) return real_values ? encode<float, float>(e) : encode<float, std::int32_t>(e);
    real_values ? encode<std::int32_t, float>(e) : encode<std::int32_t, std::int32_t>(e);
  }

 private:
  template <typename T>
  static bool ascending(const Tensor& keys) {
    const auto values = keys.values<T>();
    return std::adjacent_find(values.begin(), values.end(), [](T a, T b) { return !(a < b); }) == values.end() && values[0] == values[0];
  }
  template <typename Key, typename Value>
  static void encode(const Evaluation& e) {
    const auto in = e.in<Key>(0), keys = e.in<Key>(1);
    const auto values = e.in<Value>(2);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto found = std::find(keys.begin(), keys.end(), in[i]);
      e.out<Value>()[i] = found == keys.end() ? e.in<Value>(3)[0] : values[static_cast<std::size_t>(found - keys.begin())];
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("label_encoder", "label_encoder");
  call.type("Key", node.input(0).type).type("Value", node.input(2).type);
  call.set("elements", node.input(0).elements()).set("keys", node.input(1).elements());
  if (node.input(3).type == DataType::kFloat32) {
    call.real("otherwise", node.input(3).values<float>()[0]);
  } else {
    call.set("otherwise", node.input(3).values<std::int32_t>()[0]);
  }
  return call.value(node, 0, "values").constant("keys", node.input(1)).constant("values", node.input(2)).output();
}

double cycles(const NodeView& node) { return 70.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> LabelEncoder::kRows = {
    {.name = "label_encoder.search", .cycles = cycles, .lower = lower, .code_bytes = 100}};

}  // namespace

MOTE_DEFINE_OPERATOR(LabelEncoder, label_encoder)

}  // namespace mote
