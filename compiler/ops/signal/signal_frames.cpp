// SIGNAL_FRAMES: a window [n, ...] cut along its first axis into frames [frames, length, ...] that begin `step` values apart;
// what is left behind the last whole frame is dropped.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class SignalFrames : public OperatorBase<SignalFrames> {
 public:
  static constexpr std::string_view kName = "signal_frames";
  static const std::vector<Implementation> kRows;

  std::int32_t length = 1, step = 1;

  template <typename V>
  void fields(V& v) {
    v.visit("length", length);
    v.visit("step", step);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_rank(in, 1, 7);
    require_elements(in);
    if (length < 1 || step < 1 || length > in.shape[0]) {
      throw Error(fmt::format("frames of {} with a step of {} cannot be cut from the {} values of '{}'", length, step,
                              in.shape[0], in.name));
    }
    Shape shape{1 + (in.shape[0] - length) / step, length};
    shape.insert(shape.end(), in.shape.begin() + 1, in.shape.end());
    return {{in.type, shape}};
  }

  /// Frames that follow each other are the window as it is.
  std::vector<Alias> aliases(const NodeView& node) const override {
    if (node.output().elements() != node.input(0).elements() || (step != length && node.output().shape[0] > 1)) return {};
    return {{.input = 0, .output = 0}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto row = static_cast<std::size_t>(e.input(0).bytes() / e.input(0).shape[0]);
    for (std::size_t frame = 0; frame < static_cast<std::size_t>(e.output().shape[0]); ++frame) {
      const std::uint8_t* from = e.in_bytes(0) + frame * static_cast<std::size_t>(step) * row;
      std::copy_n(from, static_cast<std::size_t>(length) * row, e.out_bytes() + frame * static_cast<std::size_t>(length) * row);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalFrames::of(node);
  const std::int64_t row = node.input(0).elements() / node.input(0).shape[0];
  KernelCall call("signal/frames", "signal_frames");
  call.type("Value", node.input(0).type)
      .set("frames", node.output().shape[0])
      .set("length", op.length * row)
      .set("step", op.step * row);
  return call.value(node, 0, "window").output();
}

double cycles(const NodeView& node) { return 0.7 * static_cast<double>(node.output().bytes()); }

const std::vector<Implementation> SignalFrames::kRows = {
    {.name = "signal_frames.copy", .cycles = cycles, .lower = lower, .code_bytes = 50}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFrames, signal_frames)

}  // namespace mote
