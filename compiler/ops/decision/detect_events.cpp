// DETECT_EVENTS: scores, one vector per run, become single events at the right moment: means over the last runs, thresholds with
// hysteresis, debouncing, and a time after an event without another. Inputs: scores, `on` (above it an event begins; infinity:
// never), `off` (the mean must have been at or below it before the same kind comes again), and states. Outputs: the event as the
// score's index, -1 for none, and the means.

#include <cmath>
#include <limits>

#include "ops/checks.hpp"
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
    const auto scores = e.in<float>(0), on = e.in<float>(1), off = e.in<float>(2);
    const auto history = e.state<float>(3);
    const auto counts = e.state<std::int32_t>(4), since = e.state<std::int32_t>(5);
    const std::size_t n = scores.size();
    std::int32_t& event = e.out<std::int32_t>()[0];
    const auto means = e.out<float>(1);
    event = -1;
    std::fill(means.begin(), means.end(), 0.0F);
    const bool is_quiet = since[n] > 0;
    since[n] = std::max(since[n] - 1, 0);
    if (counts[n + 2] < warm_up) {
      ++counts[n + 2];
      return;
    }
    const auto place = static_cast<std::size_t>(counts[n + 1]);
    counts[n] = std::min(counts[n] + 1, average);
    for (std::size_t k = 0; k < n; ++k) {
      history[place * n + k] = std::isfinite(scores[k]) ? scores[k] : 0.0F;
      for (std::size_t i = 0; i < static_cast<std::size_t>(counts[n]); ++i) means[k] += history[i * n + k];
      means[k] /= static_cast<float>(counts[n]);
    }
    float furthest = -std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < n; ++k) {
      const bool is_above = means[k] > on[k];
      counts[k] = is_above ? std::min(counts[k] + 1, debounce) : 0;
      if (means[k] <= off[k]) since[k] = 0;
      const bool is_ready = is_above && counts[k] == debounce && since[k] == 0 && !is_quiet;
      if (is_ready && means[k] - on[k] > furthest) {
        furthest = means[k] - on[k];
        event = static_cast<std::int32_t>(k);
      }
    }
    counts[n + 1] = (counts[n + 1] + 1) % average;
    if (event >= 0) {
      since[static_cast<std::size_t>(event)] = 1;
      since[n] = refractory;
    }
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
