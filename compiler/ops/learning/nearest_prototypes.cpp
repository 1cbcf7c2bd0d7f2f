// NEAREST_PROTOTYPES: classes that are taught on the device, each the mean of its examples (Snell, Swersky, Zemel, "Prototypical
// networks for few-shot learning", 2017). Inputs: features, and states, of which what was taught lasts. Outputs: the nearest
// class, -1 for none, and for each class 1 / (1 + squared distance), 0 where it has no examples.

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class NearestPrototypes : public OperatorBase<NearestPrototypes> {
 public:
  static constexpr std::string_view kName = "nearest_prototypes";
  static const std::vector<Implementation> kRows;

  std::int32_t classes = 2;

  template <typename V>
  void fields(V& v) {
    v.visit("classes", classes);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("last", DataType::kFloat32, {n}, false, std::numeric_limits<float>::quiet_NaN()),
            kept_state("means", DataType::kFloat32, {classes, n}, true),
            kept_state("examples", DataType::kInt32, {classes}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    feature_count(node);
    require_within("classes", classes, 1, 1024);
    require_own_state(node, 1);
    return {{DataType::kInt32, {1}}, {DataType::kFloat32, {classes}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(2).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), means = e.in<float>(2);
    const auto examples = e.in<std::int32_t>(3);
    const auto likeness = e.out<float>(1);
    std::copy(in.begin(), in.end(), e.state<float>(1).begin());
    for (std::size_t c = 0; c < likeness.size(); ++c) {
      const bool known = examples[c] > 0 && measured(in);
      likeness[c] = known ? 1.0F / (1.0F + squared_difference_sum(in, means.subspan(c * in.size(), in.size()))) : 0.0F;
    }
    std::int32_t label = -1;
    for (std::int32_t c = classes - 1; c >= 0; --c) {
      const auto at = static_cast<std::size_t>(c);
      if (examples[at] > 0 && measured(in) && (label < 0 || likeness[at] >= likeness[static_cast<std::size_t>(label)])) label = c;
    }
    e.out<std::int32_t>()[0] = label;
  }

  bool learns() const override { return true; }
  bool teach(const Evaluation& e, std::int32_t label) const override {
    const auto last = e.state<float>(1);
    if (label < 0 || label >= classes || !measured(last)) return false;
    std::int32_t& count = e.state<std::int32_t>(3)[static_cast<std::size_t>(label)];
    if (count < INT32_MAX) ++count;
    const float share = 1.0F / static_cast<float>(count);
    const auto mean = e.state<float>(2).subspan(static_cast<std::size_t>(label) * last.size(), last.size());
    for (std::size_t i = 0; i < last.size(); ++i) mean[i] += rounded_product(share, last[i] - mean[i]);
    return true;
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("learning/nearest_prototypes", "nearest_prototypes");
  call.set("features", node.input(0).elements()).set("classes", NearestPrototypes::of(node).classes);
  call.value(node, 0, "features").input(1).input(2).input(3).output().output(1);
  return call.taught_by("teach_nearest_prototypes", {1, 2, 3});
}

double cycles(const NodeView& node) { return 50.0 + 7.0 * static_cast<double>(node.input(2).elements()); }

const std::vector<Implementation> NearestPrototypes::kRows = {
    {.name = "nearest_prototypes.direct", .cycles = cycles, .lower = lower, .code_bytes = 350}};

}  // namespace

MOTE_DEFINE_OPERATOR(NearestPrototypes, nearest_prototypes)

}  // namespace mote
