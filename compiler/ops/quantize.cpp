// QUANTIZE: float32 to integers, or integers from one scale and type to another.
// Source: TensorFlow Lite QUANTIZE; requantization with two roundings.

#include <cmath>

#include "ops/quantized_math.hpp"
#include "ops/unary.hpp"

namespace mote {

namespace {

class Quantize : public OperatorBase<Quantize> {
 public:
  static constexpr std::string_view kName = "quantize";
  static constexpr VersionsByType kTfliteVersions{.int16 = 2};
  static const std::vector<Implementation> kRows;

  static Multiplier multiplier(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    const Tensor& out = node.output();
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16, DataType::kInt32});
    require_scale(out);
    if (is_float(in.type)) {
      require_type(out, {DataType::kInt8, DataType::kUint8, DataType::kInt16});
    } else {
      require_type(out, {DataType::kInt8, DataType::kUint8, DataType::kInt16, DataType::kInt32});
      require_scale(in);
      multiplier(node);
    }
    return {{out.type, in.shape}};
  }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kFloat32:
        return evaluate_from<float>(e);
      case DataType::kInt8:
        return evaluate_from<std::int8_t>(e);
      case DataType::kUint8:
        return evaluate_from<std::uint8_t>(e);
      case DataType::kInt16:
        return evaluate_from<std::int16_t>(e);
      default:
        return evaluate_from<std::int32_t>(e);
    }
  }

 private:
  template <typename In>
  static void evaluate_from(const Evaluation& e) {
    switch (e.output().type) {
      case DataType::kInt8:
        return evaluate_between<In, std::int8_t>(e);
      case DataType::kUint8:
        return evaluate_between<In, std::uint8_t>(e);
      case DataType::kInt16:
        return evaluate_between<In, std::int16_t>(e);
      default:
        return evaluate_between<In, std::int32_t>(e);
    }
  }

  template <typename In, typename Out>
  static void evaluate_between(const Evaluation& e) {
    const auto [lowest, highest] = type_range(e.output().type);
    const std::int32_t zero_point = e.output().zero_point();
    if constexpr (std::is_same_v<In, float>) {
      // Out of range saturates; not a number gives the lowest value.
      const float scale = e.output().scale();
      const auto low = static_cast<float>(lowest - zero_point);
      const auto high = static_cast<float>(highest - zero_point);
      evaluate_unary<float, Out>(e, [&](float x) {
        const float steps = std::round(x / scale);
        return static_cast<Out>(zero_point + static_cast<std::int32_t>(steps > high ? high : (steps > low ? steps : low)));
      });
    } else {
      const Multiplier scaling = multiplier(e);
      evaluate_unary<In, Out>(e, [&, lowest = lowest, highest = highest](In x) {
        const std::int32_t scaled = requantize(wrap_subtract(x, e.input(0).zero_point()), scaling);
        return static_cast<Out>(std::clamp(wrap_add(scaled, zero_point), lowest, highest));
      });
    }
  }
};

bool is_from_float(const NodeView& node) { return is_float(node.input(0).type); }
bool is_from_wide_integer(const NodeView& node) { return !is_from_float(node) && !has_byte_input(node); }

KernelCall lower_float_with(const NodeView& node, std::string_view header, std::string_view function) {
  KernelCall call = describe_unary(node, header, function);
  const auto [lowest, highest] = type_range(node.output().type);
  call.real("scale", node.output().scale()).set("zero_point", node.output().zero_point());
  call.set("clamp_min", lowest).set("clamp_max", highest);
  return finish_unary(std::move(call), node);
}

KernelCall lower_float(const NodeView& node) { return lower_float_with(node, "quantize", "quantize"); }

bool is_float_to_bytes(const NodeView& node) { return is_from_float(node) && type_bytes(node.output().type) == 1; }
double mve_cycles(const NodeView& node) { return 3.0 * static_cast<double>(node.output().elements()); }
KernelCall lower_mve(const NodeView& node) { return lower_float_with(node, "quantize_mve", "quantize_mve"); }

KernelCall lower_integer(const NodeView& node) {
  KernelCall call = describe_unary(node, "quantize", "requantize_values");
  const Multiplier scaling = Quantize::multiplier(node);
  const auto [lowest, highest] = type_range(node.output().type);
  call.set("input_zero_point", node.input(0).zero_point()).set("output_zero_point", node.output().zero_point());
  call.set("multiplier", scaling.multiplier).set("shift", scaling.shift);
  call.set("clamp_min", lowest).set("clamp_max", highest);
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Quantize::kRows = {
    {.name = "quantize.lookup", .applies = has_byte_input, .cycles = lookup_cycles, .lower = lower_lookup},
    {.name = "quantize.mve", .isa = Isa::kMve, .applies = is_float_to_bytes, .cycles = mve_cycles, .lower = lower_mve},
    {.name = "quantize.float", .applies = is_from_float, .cycles = unary_cycles, .lower = lower_float},
    {.name = "quantize.integer", .applies = is_from_wide_integer, .cycles = unary_cycles, .lower = lower_integer},
};

}  // namespace

MOTE_DEFINE_OPERATOR(Quantize, quantize)

}  // namespace mote
