// LAST_LAYER: the last layer of a classifier (softmax of weights times features), taught on the device by steps of gradient
// descent on the cross entropy (Bishop, "Pattern recognition and machine learning", 2006, 4.3.4). Inputs: features, and states,
// of which what was taught lasts. Outputs: the likeliest class, -1 where a feature is not measured, and the classes'
// probabilities.

#include <algorithm>
#include <limits>

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class LastLayer : public OperatorBase<LastLayer> {
 public:
  static constexpr std::string_view kName = "last_layer";
  static const std::vector<Implementation> kRows;

  std::int32_t classes = 2;
  float rate = 0.5F;  ///< of learning; steps are divided by 1 more than the features' square sum
  float decay = 0;    ///< share that weights lose with each step

  template <typename V>
  void fields(V& v) {
    v.visit("classes", classes);
    v.visit("rate", rate);
    v.visit("decay", decay);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    return {kept_state("last", DataType::kFloat32, {n}, false, std::numeric_limits<float>::quiet_NaN()),
            kept_state("weights", DataType::kFloat32, {classes, n}, true),
            kept_state("biases", DataType::kFloat32, {classes}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    feature_count(node);
    require_within("classes", classes, 1, 1024);
    require_within("rate", rate, 1e-6, 10);
    require_within("decay", decay, 0, 1);
    require_own_state(node, 1);
    return {{DataType::kInt32, {1}}, {DataType::kFloat32, {classes}}};
  }
  std::int64_t macs(const NodeView& node) const override { return node.input(2).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto probabilities = e.out<float>(1);
    std::copy(in.begin(), in.end(), e.state<float>(1).begin());
    e.out<std::int32_t>()[0] = -1;
    std::fill(probabilities.begin(), probabilities.end(), 0.0F);
    if (!measured(in)) return;
    const std::vector<float> scores = scores_of(e, in);
    e.out<std::int32_t>()[0] = static_cast<std::int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const std::vector<float> shares = softmax(scores);
    std::copy(shares.begin(), shares.end(), probabilities.begin());
  }

  bool learns() const override { return true; }
  bool teach(const Evaluation& e, std::int32_t label) const override {
    const auto last = e.state<float>(1);
    if (label < 0 || label >= classes || !measured(last)) return false;
    const auto weights = e.state<float>(2), biases = e.state<float>(3);
    const std::vector<float> shares = softmax(scores_of(e, last));
    float squares = 1;
    for (const float value : last) squares += rounded_product(value, value);
    for (std::size_t c = 0; c < biases.size(); ++c) {
      const float wanted = static_cast<std::int32_t>(c) == label ? 1.0F : 0.0F;
      const float step = rounded_product(rate, wanted - shares[c]) / squares;
      for (std::size_t i = 0; i < last.size(); ++i) {
        float& weight = weights[c * last.size() + i];
        weight -= rounded_product(decay, weight);
        weight += rounded_product(step, last[i]);
      }
      biases[c] += step;
    }
    return true;
  }

 private:
  static std::vector<float> scores_of(const Evaluation& e, std::span<const float> features) {
    const auto weights = e.in<float>(2), biases = e.in<float>(3);
    std::vector<float> scores(biases.begin(), biases.end());
    for (std::size_t at = 0; at < weights.size(); ++at) {
      scores[at / features.size()] += rounded_product(weights[at], features[at % features.size()]);
    }
    return scores;
  }
  static std::vector<float> softmax(std::vector<float> scores) {
    const float largest = *std::max_element(scores.begin(), scores.end());
    float sum = 0;
    for (float& score : scores) sum += score = reference_exp(score - largest);
    for (float& score : scores) score /= sum;
    return scores;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = LastLayer::of(node);
  KernelCall call("learning/last_layer", "last_layer");
  call.set("features", node.input(0).elements()).set("classes", op.classes).real("rate", op.rate).real("decay", op.decay);
  call.value(node, 0, "features").input(1).input(2).input(3).output().output(1);
  return call.taught_by("teach_last_layer", {1, 2, 3});
}

double cycles(const NodeView& node) {
  return 50.0 + 130.0 * LastLayer::of(node).classes + 5.0 * static_cast<double>(node.input(2).elements());
}

const std::vector<Implementation> LastLayer::kRows = {
    {.name = "last_layer.direct", .cycles = cycles, .lower = lower, .code_bytes = 500}};

}  // namespace

MOTE_DEFINE_OPERATOR(LastLayer, last_layer)

}  // namespace mote
