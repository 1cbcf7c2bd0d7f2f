// RUNNING_CENTRES: how far (squared) a vector lies from the nearest of a few centres, which follow what comes (MacQueen, "Some
// methods for classification and analysis of multivariate observations", 1967, with a constant gain). Inputs: features, and
// states that last.

#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class RunningCentres : public OperatorBase<RunningCentres> {
 public:
  static constexpr std::string_view kName = "running_centres";
  static const std::vector<Implementation> kRows;

  std::int32_t centres = 4;  ///< at most
  float gain = 0.01F;        ///< share of each new vector in its centre
  float apart = 1;           ///< squared distance from all centres at which a vector becomes one, while there is room
  float follow = 1;          ///< squared distance up to which a centre follows

  template <typename V>
  void fields(V& v) {
    v.visit("centres", centres);
    v.visit("gain", gain);
    v.visit("apart", apart);
    v.visit("follow", follow);
  }

  std::vector<Tensor> own_state(const NodeView& node) const override {
    return {kept_state("centres", DataType::kFloat32, {centres, feature_count(node)}, true),
            kept_state("members", DataType::kInt32, {centres}, true)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    feature_count(node);
    require_within("centres", centres, 1, 1024);
    require_own_state(node, 1);
    require_within("gain", gain, 1e-6, 1);
    require_within("apart", apart, 0, 1e30);
    require_within("follow", follow, 0, 1e30);
    return {{DataType::kFloat32, {1}}};
  }

  std::int64_t macs(const NodeView& node) const override { return node.input(1).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0);
    const auto all = e.state<float>(1);
    const auto members = e.state<std::int32_t>(2);
    float& score = e.out<float>()[0];
    score = 0;
    if (!measured(in)) return;
    const auto centre = [&](std::size_t c) { return all.subspan(c * in.size(), in.size()); };
    std::vector<float> distances;
    for (std::size_t c = 0; c < members.size() && members[c] != 0; ++c)
      distances.push_back(squared_difference_sum(in, centre(c)));
    const auto nearest = std::min_element(distances.begin(), distances.end());
    if (nearest != distances.end()) score = *nearest;
    if (distances.size() < members.size() && (distances.empty() || score > apart)) {
      std::copy(in.begin(), in.end(), centre(distances.size()).begin());
      members[distances.size()] = 1;
    } else if (score <= follow) {
      const auto c = static_cast<std::size_t>(nearest - distances.begin());
      if (members[c] < INT32_MAX) ++members[c];
      const float share = std::max(gain, 1.0F / static_cast<float>(members[c]));
      for (std::size_t i = 0; i < in.size(); ++i) centre(c)[i] += rounded_product(share, in[i] - centre(c)[i]);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = RunningCentres::of(node);
  KernelCall call("anomaly/running_centres", "running_centres");
  call.set("features", node.input(0).elements()).set("centres", op.centres).real("gain", op.gain);
  call.real("apart", op.apart).real("follow", op.follow);
  return call.value(node, 0, "values").input(1).input(2).output();
}

double cycles(const NodeView& node) { return 100.0 + 6.0 * static_cast<double>(node.input(1).elements()); }

const std::vector<Implementation> RunningCentres::kRows = {
    {.name = "running_centres.direct", .cycles = cycles, .lower = lower, .code_bytes = 250}};

}  // namespace

MOTE_DEFINE_OPERATOR(RunningCentres, running_centres)

}  // namespace mote
