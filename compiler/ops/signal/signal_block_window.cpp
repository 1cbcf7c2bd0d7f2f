// SIGNAL_BLOCK_WINDOW: frames of int16 samples [..., n], without their mean if `remove_mean`, times a window of 15 bits of
// fraction (input 1, which may be missing: all ones), in block floating point: int16 [..., n] whose largest value fills 15 bits,
// and an exponent for each frame.

#include <algorithm>
#include <bit>

#include "ops/define.hpp"
#include "ops/signal/block_floating.hpp"

namespace mote {

namespace {

class SignalBlockWindow : public OperatorBase<SignalBlockWindow> {
 public:
  static constexpr std::string_view kName = "signal_block_window";
  static const std::vector<Implementation> kRows;

  bool remove_mean = false;

  template <typename V>
  void fields(V& v) {
    v.visit("remove_mean", remove_mean);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 2);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kInt16});
    require_rank(in, 1, 8);
    require_elements(in);
    constexpr std::int32_t kLongest = 1 << 15;
    if (in.shape.back() > kLongest)
      throw Error(fmt::format("frames of {} samples are longer than {}", in.shape.back(), kLongest));
    if (node.has_input(1)) {
      const Tensor& window = node.input(1);
      require_type(window, {DataType::kInt16});
      require_constant(window, "window");
      if (window.shape != Shape{in.shape.back()})
        throw Error(fmt::format("a window {} does not fit frames of {}", to_string(window.shape), in.shape.back()));
      const auto weights = window.values<std::int16_t>();
      if (std::ranges::find(weights, std::int16_t{INT16_MIN}) != weights.end())
        throw Error("a weight of -32768 is not supported");
    }
    return {type_and_shape(in), {DataType::kInt32, exponent_shape(in.shape)}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto length = static_cast<std::size_t>(e.input(0).shape.back());
    const auto in = e.in<std::int16_t>(0);
    std::size_t frame = 0;
    for (std::size_t first = 0; first < in.size(); first += length, ++frame) {
      const std::vector<std::int64_t> products = weighted(e, in.subspan(first, length));
      std::int64_t lowest = 0;
      std::int64_t highest = 0;
      for (const std::int64_t product : products) {
        lowest = std::min(lowest, product);
        highest = std::max(highest, product);
      }
      // -2^width <= every product < 2^width.
      const auto bits = [](std::int64_t x) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(x))); };
      const int width = std::max(bits(highest), bits(-1 - std::min<std::int64_t>(lowest, -1)));
      const int shift = width - 15;
      for (std::size_t i = 0; i < length; ++i) {
        const std::int64_t scaled =
            shift > 0 ? (products[i] + (std::int64_t{1} << (shift - 1))) >> shift : products[i] * (std::int64_t{1} << -shift);
        e.out<std::int16_t>()[first + i] = static_cast<std::int16_t>(std::min<std::int64_t>(scaled, INT16_MAX));
      }
      e.out<std::int32_t>(1)[frame] = shift - 15;
    }
  }

 private:
  std::vector<std::int64_t> weighted(const Evaluation& e, std::span<const std::int16_t> samples) const {
    std::int64_t mean = 0;
    if (remove_mean) {
      const auto length = static_cast<std::int64_t>(samples.size());
      std::int64_t sum = 0;
      for (const std::int16_t sample : samples) sum += sample;
      mean = sum * 16384 / length;
    }
    std::vector<std::int64_t> products;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const std::int64_t weight = e.has_input(1) ? e.in<std::int16_t>(1)[i] : 32768;
      products.push_back(((std::int64_t{samples[i]} * 16384 - mean) * weight + 8192) >> 14);
    }
    return products;
  }
};

KernelCall lower(const NodeView& node) {
  const std::int64_t length = node.input(0).shape.back();
  KernelCall call("signal/block_window", "signal_block_window");
  call.set("length", length).set("frames", node.input(0).elements() / length);
  call.flag("remove_mean", SignalBlockWindow::of(node).remove_mean).flag("windowed", node.has_input(1));
  call.value(node, 0, "samples");
  if (node.has_input(1))
    call.value(node, 1, "window");
  else
    call.null();
  return call.output().output(1).in_place_of({0});
}

double cycles(const NodeView& node) { return 16.0 * static_cast<double>(node.input(0).elements()); }

const std::vector<Implementation> SignalBlockWindow::kRows = {
    {.name = "signal_block_window.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalBlockWindow, signal_block_window)

}  // namespace mote
