// DETECT_EVENTS: scores, one vector per run, become single events at the right moment: means over the last runs, thresholds with
// hysteresis, debouncing, and a time after an event without another. Inputs: scores, `on` (above it an event begins; infinity:
// never), `off` (the mean must have been at or below it before the same kind comes again), and states. Outputs: the event as the
// score's index, -1 for none, and the means.

#include "ops/checks.hpp"
#include "ops/decision/event_rule.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"

namespace mote {

namespace {

class DetectEvents : public OperatorBase<DetectEvents> {
 public:
  static constexpr std::string_view kName = "detect_events";
  static const std::vector<Implementation> kRows;

  std::int32_t average = 1;     ///< means are over so many runs, or those that have come
  std::int32_t debounce = 1;    ///< so many runs in a row above `on`
  std::int32_t refractory = 0;  ///< runs after an event without another
  std::int32_t warm_up = 0;     ///< runs before anything is judged, again after a gap

  template <typename V>
  void fields(V& v) {
    v.visit("average", average);
    v.visit("debounce", debounce);
    v.visit("refractory", refractory);
    v.visit("warm_up", warm_up);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("history", DataType::kFloat32, {average, n}, false),
            kept_state("counts", DataType::kInt32, {n + 3}, false), kept_state("since", DataType::kInt32, {n + 1}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_within("average", average, 1, 1 << 16);
    require_within("debounce", debounce, 1, 1 << 30);
    require_within("refractory", refractory, 0, 1 << 30);
    require_within("warm_up", warm_up, 0, 1 << 30);
    require_own_state(node, 3);
    for (const int i : {1, 2}) {
      require_type(node.input(i), {DataType::kFloat32});
      require_constant(node.input(i), "thresholds");
      if (node.input(i).shape != Shape{n}) throw Error(fmt::format("{} scores have {} thresholds", n, node.input(i).elements()));
    }
    for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
      const float on = node.input(1).values<float>()[k], off = node.input(2).values<float>()[k];
      if (!(off <= on)) throw Error(fmt::format("threshold {}: off is {}, above on, {}", k, off, on));
    }
    return {{DataType::kInt32, {1}}, {DataType::kFloat32, {n}}};
  }

  void evaluate(const Evaluation& e) const override {
    const EventRule rule{e.in<float>(1), e.in<float>(2), average, debounce, refractory, warm_up};
    const EventState state{e.state<float>(3), e.state<std::int32_t>(4), e.state<std::int32_t>(5)};
    e.out<std::int32_t>()[0] = next_event(rule, state, e.in<float>(0), e.out<float>(1));
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = DetectEvents::of(node);
  KernelCall call("decision/detect_events", "detect_events");
  call.set("scores", node.input(0).elements()).set("average", op.average).set("debounce", op.debounce);
  call.set("refractory", op.refractory).set("warm_up", op.warm_up);
  call.value(node, 0, "scores").constant("on", node.input(1)).constant("off", node.input(2));
  return call.input(3).input(4).input(5).output().output(1);
}

double cycles(const NodeView& node) {
  return static_cast<double>(node.input(0).elements()) * (40.0 + 6.0 * DetectEvents::of(node).average);
}

const std::vector<Implementation> DetectEvents::kRows = {
    {.name = "detect_events.direct", .cycles = cycles, .lower = lower, .code_bytes = 350}};

}  // namespace

MOTE_DEFINE_OPERATOR(DetectEvents, detect_events)

}  // namespace mote
