// SIGNAL_WINDOW: frames of int16 samples times a window, shifted right and saturated.
// Inputs: samples [..., n] and window [n]. Source: TensorFlow Lite Micro's SignalWindow.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

class SignalWindow : public CustomOperator<SignalWindow> {
 public:
  static constexpr std::string_view kName = "signal_window";
  static const std::vector<Implementation> kRows;

  std::int32_t shift = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("shift", shift);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    const Tensor& window = node.input(1);
    require_type(in, {DataType::kInt16});
    require_type(window, {DataType::kInt16});
    require_rank(window, 1, 1);
    if (in.elements() % window.elements() != 0) {
      throw Error(fmt::format("samples '{}' ({}) are not made of frames of {}", in.name, to_string(in.shape), window.elements()));
    }
    if (shift < 0 || shift > 31) throw Error(fmt::format("a shift by {} is not supported; 0 to 31 are", shift));
    return {type_and_shape(in)};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::int16_t>(0);
    const auto window = e.in<std::int16_t>(1);
    const auto out = e.out<std::int16_t>();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int32_t weighted = (std::int32_t{in[i]} * window[i % window.size()]) >> shift;
      out[i] = static_cast<std::int16_t>(std::clamp<std::int32_t>(weighted, INT16_MIN, INT16_MAX));
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/window", "signal_window");
  const std::int64_t length = node.input(1).elements();
  call.set("length", length).set("frames", node.output().elements() / length).set("shift", SignalWindow::of(node).shift);
  return call.value(node, 0, "samples").value(node, 1, "window").output().in_place_of({0});
}

double cycles(const NodeView& node) { return 8.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalWindow::kRows = {
    {.name = "signal_window.direct", .cycles = cycles, .lower = lower, .code_bytes = 60}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalWindow, signal_window)

}  // namespace mote
