// PUSH_WINDOW: a window over time, which is a state of the graph, moves along an axis and takes a frame in at its end. Output 0
// is the window after that: the very bytes of the state. Inputs: window and frame.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/joined.hpp"

namespace mote {

namespace {

class PushWindow : public OperatorBase<PushWindow> {
 public:
  static constexpr std::string_view kName = "push_window";
  static const std::vector<Implementation> kRows;

  std::int32_t axis = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("axis", axis);
  }

  struct Sizes {
    std::int64_t outer = 1, window = 1, frame = 1;  ///< blocks outside of the axis, and bytes in each
  };
  Sizes sizes(const NodeView& node) const {
    const Shape& shape = node.input(0).shape;
    const int at = resolve_axis(axis, shape.size());
    const auto element = static_cast<std::int64_t>(type_bytes(node.input(0).type));
    return {elements_before(shape, at), elements_from(shape, at) * element, elements_from(node.input(1).shape, at) * element};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& window = node.input(0);
    const Tensor& frame = node.input(1);
    if (!window.is_state) throw Error(fmt::format("tensor '{}' is not a variable, so it cannot hold the window", window.name));
    require_same_type(window, frame);
    require_elements(frame);
    const auto at = static_cast<std::size_t>(resolve_axis(axis, window.shape.size()));
    Shape rest = frame.shape;
    if (rest.size() == window.shape.size() && rest[at] <= window.shape[at]) rest[at] = window.shape[at];
    if (rest != window.shape) {
      throw Error(fmt::format("a frame {} does not fit into a window {} along axis {}", to_string(frame.shape),
                              to_string(window.shape), at));
    }
    return {type_and_shape(window)};
  }

  int output_state(const NodeView&) const override { return 0; }

  void evaluate(const Evaluation& e) const override {
    const Sizes n = sizes(e);
    const auto window = static_cast<std::size_t>(n.window);
    const auto frame = static_cast<std::size_t>(n.frame);
    std::uint8_t* state = e.state_bytes(0);
    for (std::size_t i = 0; i < static_cast<std::size_t>(n.outer); ++i) {
      std::memmove(state + i * window, state + i * window + frame, window - frame);
      std::memcpy(state + i * window + window - frame, e.in_bytes(1) + i * frame, frame);
    }
    std::memcpy(e.out_bytes(), state, static_cast<std::size_t>(e.output().bytes()));
  }
};

KernelCall lower(const NodeView& node) {
  const PushWindow::Sizes n = PushWindow::of(node).sizes(node);
  const auto element = static_cast<std::int64_t>(type_bytes(node.output().type));
  KernelCall call("copy", "push_window");
  call.type("Value", node.output().type).set("outer", n.outer).set("window", n.window / element).set("frame", n.frame / element);
  return call.value(node, 1, "frame").output();
}

double cycles(const NodeView& node) { return 0.7 * static_cast<double>(node.output().bytes()); }

const std::vector<Implementation> PushWindow::kRows = {
    {.name = "push_window.move", .cycles = cycles, .lower = lower, .code_bytes = 40}};

}  // namespace

MOTE_DEFINE_OPERATOR(PushWindow, push_window)

}  // namespace mote
