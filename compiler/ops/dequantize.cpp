// DEQUANTIZE: scale * (q - zero point) as float32. Constants may have a scale per channel, and 32 bits; they never reach a kernel.
// Source: TensorFlow Lite DEQUANTIZE.

#include "ops/unary.hpp"

namespace mote {

namespace {

class Dequantize : public OperatorBase<Dequantize> {
 public:
  static constexpr std::string_view kName = "dequantize";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_type(node.output(), {DataType::kFloat32});
    if (node.input(0).is_constant() && !node.input(0).quantization.empty()) {
      require_type(node.input(0), {DataType::kInt8, DataType::kUint8, DataType::kInt16, DataType::kInt32});
      require_channels(node.input(0));
    } else {
      require_type(node.input(0), {DataType::kInt8, DataType::kUint8, DataType::kInt16});
      require_scale(node.input(0));
    }
    return {{DataType::kFloat32, node.input(0).shape}};
  }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kInt8:
        return evaluate_from<std::int8_t>(e);
      case DataType::kUint8:
        return evaluate_from<std::uint8_t>(e);
      case DataType::kInt32:
        return evaluate_from<std::int32_t>(e);
      default:
        return evaluate_from<std::int16_t>(e);
    }
  }

 private:
  static void require_channels(const Tensor& tensor) {
    const Quantization& by = tensor.quantization;
    const bool fits = !by.per_channel() || (by.axis >= 0 && static_cast<std::size_t>(by.axis) < tensor.shape.size() &&
                                            tensor.shape[static_cast<std::size_t>(by.axis)] == static_cast<std::int32_t>(by.scales.size()));
    if (!fits || by.zero_points.size() != by.scales.size())
      throw Error(fmt::format("'{}' ({}) has {} scales along axis {}", tensor.name, to_string(tensor.shape), by.scales.size(), by.axis));
  }

  // The product is exact in double for up to 16 bits, so it is rounded once.
  template <typename In>
  static void evaluate_from(const Evaluation& e) {
    const Tensor& tensor = e.input(0);
    const Quantization& by = tensor.quantization;
    const auto in = e.in<In>(0);
    const auto out = e.out<float>();
    const auto inner = by.per_channel() ? static_cast<std::size_t>(strides_of(tensor.shape)[static_cast<std::size_t>(by.axis)]) : in.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::size_t channel = i / inner % by.scales.size();
      out[i] = static_cast<float>(static_cast<double>(by.scales[channel]) * (static_cast<double>(in[i]) - by.zero_points[channel]));
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call = describe_unary(node, "quantize", "dequantize");
  call.real("scale", node.input(0).scale()).set("zero_point", node.input(0).zero_point());
  return finish_unary(std::move(call), node);
}

const std::vector<Implementation> Dequantize::kRows = {{.name = "dequantize.direct", .cycles = unary_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Dequantize, dequantize)

}  // namespace mote
