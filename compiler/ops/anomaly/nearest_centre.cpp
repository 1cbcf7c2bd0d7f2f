// NEAREST_CENTRE: the least over centres of the weighted squared differences from a vector, times a factor of the centre: the
// anomaly score of k-means. Inputs: features [n], centres [k][n], weights [n] (of features, not below 0), factors [k] (of
// centres, not below 0).

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class NearestCentre : public OperatorBase<NearestCentre> {
 public:
  static constexpr std::string_view kName = "nearest_centre";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    const std::int32_t n = feature_count(node);
    require_inputs(node, 4, 4);
    require_rank(node.input(1), 2, 2);
    require_elements(node.input(1));
    const std::int32_t centres = node.input(1).shape[0];
    require_constant_floats(node, 1, {centres, n}, "centres");
    require_constant_floats(node, 2, {n}, "weights");
    require_constant_floats(node, 3, {centres}, "factors");
    for (const int i : {2, 3}) {
      for (const float value : node.input(i).values<float>()) {
        if (value < 0) throw Error(fmt::format("'{}' holds a value below 0", node.input(i).name));
      }
    }
    return {{DataType::kFloat32, {1}}};
  }
  std::int64_t macs(const NodeView& node) const override { return 2 * node.input(1).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), centres = e.in<float>(1), weights = e.in<float>(2), factors = e.in<float>(3);
    std::vector<float> distances;
    for (std::size_t c = 0; c < factors.size() && measured(in); ++c) {
      float sum = 0;
      for (std::size_t i = 0; i < in.size(); ++i) {
        const float difference = in[i] - centres[c * in.size() + i];
        sum += rounded_product(rounded_product(weights[i], difference), difference);
      }
      distances.push_back(rounded_product(sum, factors[c]));
    }
    e.out<float>()[0] = distances.empty() ? 0 : *std::min_element(distances.begin(), distances.end());
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("anomaly/fitted_distances", "nearest_centre");
  call.set("features", node.input(0).elements()).set("centres", node.input(1).shape[0]).value(node, 0, "values");
  return call.constant("centres", node.input(1)).constant("weights", node.input(2)).constant("factors", node.input(3)).output();
}

double cycles(const NodeView& node) { return 50.0 + 9.0 * static_cast<double>(node.input(1).elements()); }

const std::vector<Implementation> NearestCentre::kRows = {
    {.name = "nearest_centre.direct", .cycles = cycles, .lower = lower, .code_bytes = 160}};

}  // namespace

MOTE_DEFINE_OPERATOR(NearestCentre, nearest_centre)

}  // namespace mote
