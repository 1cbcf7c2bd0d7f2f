// NEAREST_EXAMPLES: classes that are taught on the device by examples, of which a fixed number is kept; the nearest one tells the
// class. Where there is no room, of the two nearest examples of one class the older gives way (after Hart, "The condensed nearest
// neighbor rule", 1968). Inputs: features, and states, of which what was taught lasts. Outputs: the nearest one's class, -1 for
// none, and for each class 1 / (1 + squared distance) of its nearest example, 0 where it has none.

#include <algorithm>
#include <limits>

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"

namespace mote {

namespace {

class NearestExamples : public OperatorBase<NearestExamples> {
 public:
  static constexpr std::string_view kName = "nearest_examples";
  static const std::vector<Implementation> kRows;

  std::int32_t classes = 2;
  std::int32_t capacity = 8;  ///< examples that are kept

  template <typename V>
  void fields(V& v) {
    v.visit("classes", classes);
    v.visit("capacity", capacity);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("last", DataType::kFloat32, {n}, false, std::numeric_limits<float>::quiet_NaN()),
            kept_state("examples", DataType::kFloat32, {capacity, n}, true),
            kept_state("labels", DataType::kInt32, {capacity}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    feature_count(node);
    require_within("classes", classes, 1, 1024);
    require_within("capacity", capacity, 1, 1024);
    require_own_state(node, 1);
    return {{DataType::kInt32, {1}}, {DataType::kFloat32, {classes}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(2).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto labels = e.in<std::int32_t>(3);
    const auto likeness = e.out<float>(1);
    std::int32_t& label = e.out<std::int32_t>()[0];
    std::copy(in.begin(), in.end(), e.state<float>(1).begin());
    std::fill(likeness.begin(), likeness.end(), 0.0F);
    label = -1;
    float best = -1;
    for (std::size_t i = 0; i < labels.size() && labels[i] != 0 && measured(in); ++i) {
      const float like = 1.0F / (1.0F + squared_difference_sum(in, example(e, i)));
      float& of_class = likeness[static_cast<std::size_t>(labels[i] - 1)];
      of_class = std::max(of_class, like);
      if (like <= best) continue;
      best = like;
      label = labels[i] - 1;
    }
  }

  bool learns() const override { return true; }
  bool teach(const Evaluation& e, std::int32_t label) const override {
    const auto last = e.state<float>(1);
    const auto labels = e.state<std::int32_t>(3);
    if (label < 0 || label >= classes || !measured(last)) return false;
    auto place = static_cast<std::size_t>(std::find(labels.begin(), labels.end(), 0) - labels.begin());
    if (place == labels.size()) {
      for (std::size_t i = least_telling(e); i + 1 < labels.size(); ++i) {
        labels[i] = labels[i + 1];
        std::copy(example(e, i + 1).begin(), example(e, i + 1).end(), example(e, i).begin());
      }
      --place;
    }
    labels[place] = label + 1;
    std::copy(last.begin(), last.end(), example(e, place).begin());
    return true;
  }

 private:
  static std::span<float> example(const Evaluation& e, std::size_t i) {
    const std::size_t width = e.in<float>(0).size();
    return e.state<float>(2).subspan(i * width, width);
  }
  static std::size_t least_telling(const Evaluation& e) {
    const auto labels = e.in<std::int32_t>(3);
    std::size_t found = 0;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t a = 0; a < labels.size(); ++a) {
      for (std::size_t b = a + 1; b < labels.size(); ++b) {
        const float distance = squared_difference_sum(example(e, a), example(e, b));
        if (labels[a] != labels[b] || distance >= least) continue;
        least = distance;
        found = a;
      }
    }
    return found;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = NearestExamples::of(node);
  KernelCall call("learning/nearest_examples", "nearest_examples");
  call.set("features", node.input(0).elements()).set("classes", op.classes).set("capacity", op.capacity);
  call.value(node, 0, "features").input(1).input(2).input(3).output().output(1);
  return call.taught_by("teach_nearest_examples", {1, 2, 3});
}

double cycles(const NodeView& node) { return 50.0 + 7.0 * static_cast<double>(node.input(2).elements()); }

const std::vector<Implementation> NearestExamples::kRows = {
    {.name = "nearest_examples.direct", .cycles = cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(NearestExamples, nearest_examples)

}  // namespace mote
