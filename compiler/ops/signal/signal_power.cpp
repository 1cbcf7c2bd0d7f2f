// SIGNAL_POWER: squared magnitudes of spectra given as pairs (real, imaginary), or magnitudes. float32 [..., 2 n] to [..., n]; or
// block floating point: int16 [..., 2 n] and exponents to uint32 [..., n] and exponents. Powers of int16 are exact; roots are
// rounded to the nearest.

#include <cmath>

#include "ops/define.hpp"
#include "ops/signal/block_floating.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class SignalPower : public OperatorBase<SignalPower> {
 public:
  static constexpr std::string_view kName = "signal_power";
  static const std::vector<Implementation> kRows;

  bool magnitude = false;

  template <typename V>
  void fields(V& v) {
    v.visit("magnitude", magnitude);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt16});
    require_rank(in, 1, 8);
    require_elements(in);
    if (in.shape.back() % 2 != 0)
      throw Error(fmt::format("spectrum '{}' has {} values, which are no pairs", in.name, in.shape.back()));
    Shape shape = in.shape;
    shape.back() /= 2;
    if (is_float(in.type)) {
      require_inputs(node, 1, 1);
      return {{in.type, shape}};
    }
    require_inputs(node, 2, 2);
    require_exponents(node, 0, 1);
    return {{DataType::kUint32, shape}, type_and_shape(node.input(1))};
  }

  void evaluate(const Evaluation& e) const override {
    if (is_float(e.input(0).type)) {
      const auto in = e.in<float>(0);
      for (std::size_t i = 0; i < in.size() / 2; ++i) {
        const float power = rounded_product(in[2 * i], in[2 * i]) + rounded_product(in[2 * i + 1], in[2 * i + 1]);
        e.out<float>()[i] = magnitude ? std::sqrt(power) : power;
      }
      return;
    }
    const auto in = e.in<std::int16_t>(0);
    for (std::size_t i = 0; i < in.size() / 2; ++i) {
      const std::int64_t real = in[2 * i];
      const std::int64_t imaginary = in[2 * i + 1];
      const std::int64_t power = real * real + imaginary * imaginary;
      // A root is never halfway between two integers, and the double's error is far below its distance from there.
      e.out<std::uint32_t>()[i] =
          static_cast<std::uint32_t>(magnitude ? std::llround(std::sqrt(static_cast<double>(power))) : power);
    }
    for (std::size_t frame = 0; frame < e.in<std::int32_t>(1).size(); ++frame)
      e.out<std::int32_t>(1)[frame] = e.in<std::int32_t>(1)[frame] * (magnitude ? 1 : 2);
  }
};

bool of_floats(const NodeView& node) { return is_float(node.input(0).type); }
bool of_blocks(const NodeView& node) { return !of_floats(node); }

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/power", "signal_power");
  call.set("elements", node.output().elements()).flag("magnitude", SignalPower::of(node).magnitude);
  return call.value(node, 0, "spectrum").output();
}

KernelCall lower_blocks(const NodeView& node) {
  KernelCall call("signal/power", "signal_block_power");
  const auto [frames, bins] = rows_and_depth(node.output().shape);
  call.set("frames", frames).set("bins", bins).flag("magnitude", SignalPower::of(node).magnitude);
  return call.value(node, 0, "spectrum").value(node, 1, "exponents").output().output(1);
}

double cycles(const NodeView& node) {
  return (SignalPower::of(node).magnitude ? 60.0 : 8.0) * static_cast<double>(node.output().elements());
}

const std::vector<Implementation> SignalPower::kRows = {
    {.name = "signal_power.direct", .applies = of_floats, .cycles = cycles, .lower = lower, .code_bytes = 60},
    {.name = "signal_power.blocks", .applies = of_blocks, .cycles = cycles, .lower = lower_blocks, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalPower, signal_power)

}  // namespace mote
