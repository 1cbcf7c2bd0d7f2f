// GAUSSIAN_SCORES: how likely rows [rows][features] are for each class, up to a constant, as a logarithm [rows][classes]:
// offset[c] - sum over the features of weight[c][i] * (x[i] - mean[c][i])^2. Gaussian naive Bayes and mixtures with diagonal covariances.

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class GaussianScores : public OperatorBase<GaussianScores> {
 public:
  static constexpr std::string_view kName = "gaussian_scores";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 4, 4);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16});
    require_rank(node.input(0), 1, 2);
    require_elements(node.input(0));
    for (const int i : {1, 2, 3}) {
      require_type(node.input(i), {DataType::kFloat32});
      require_constant(node.input(i), "means, weights and offsets");
      require_rank(node.input(i), i == 3 ? 1 : 2, i == 3 ? 1 : 2);
      require_elements(node.input(i));
      for (const float value : node.input(i).values<float>())
        if (!std::isfinite(value) || (i == 2 && value < 0)) throw Error("a mean, weight or offset is not a number that can be");
    }
    const Shape& means = node.input(1).shape;
    if (means[1] != node.input(0).shape.back() || node.input(2).shape != means || node.input(3).shape[0] != means[0])
      throw Error(fmt::format("rows of {} features, means {}, weights {} and {} offsets do not fit", node.input(0).shape.back(),
                              to_string(means), to_string(node.input(2).shape), node.input(3).shape[0]));
    return {{DataType::kFloat32, {static_cast<std::int32_t>(rows_and_depth(node.input(0).shape).rows), means[0]}}};
  }

  std::int64_t macs(const NodeView& node) const override { return rows_and_depth(node.input(0).shape).rows * node.input(1).elements(); }
  bool reads_plain_integers(int input) const override { return input == 0; }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kInt8:
        return score<std::int8_t>(e);
      case DataType::kUint8:
        return score<std::uint8_t>(e);
      case DataType::kInt16:
        return score<std::int16_t>(e);
      default:
        return score<float>(e);
    }
  }

 private:
  template <typename T>
  static void score(const Evaluation& e) {
    const auto in = e.in<T>(0);
    const auto means = e.in<float>(1), weights = e.in<float>(2), offsets = e.in<float>(3);
    const auto width = static_cast<std::size_t>(e.input(1).shape[1]);
    std::size_t at = 0;
    for (std::size_t row = 0; row < in.size(); row += width) {
      for (std::size_t c = 0; c < offsets.size(); ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < width; ++i) {
          const double difference = static_cast<double>(in[row + i]) - static_cast<double>(means[c * width + i]);
          sum += static_cast<double>(weights[c * width + i]) * difference * difference;
        }
        e.out<float>()[at++] = static_cast<float>(static_cast<double>(offsets[c]) - sum);
      }
    }
  }
};

KernelCall lower(const NodeView& node) {
  const std::int64_t classes = node.input(1).shape[0], features = node.input(1).shape[1], blocks = (features + 7) / 8;
  KernelCall call("gaussian_scores", "gaussian_scores");
  call.type("Value", node.input(0).type).set("rows", rows_and_depth(node.input(0).shape).rows);
  call.set("classes", classes).set("features", features).set("blocks", blocks);
  // weight * (x - mean)^2 = (s x - s mean)^2 with s the root of the weight.
  std::vector<float> table;
  for (std::int64_t c = 0; c < classes; ++c) {
    for (std::int64_t block = 0; block < blocks; ++block) {
      std::array<float, 16> part{};
      for (std::int64_t i = 0; i < 8 && 8 * block + i < features; ++i) {
        const auto at = static_cast<std::size_t>(c * features + 8 * block + i);
        const float s = std::sqrt(node.input(2).values<float>()[at]);
        part[static_cast<std::size_t>(i)] = static_cast<float>(-static_cast<double>(s) * static_cast<double>(node.input(1).values<float>()[at]));
        part[static_cast<std::size_t>(8 + i)] = s;
      }
      table.insert(table.end(), part.begin(), part.end());
    }
  }
  call.value(node, 0, "values").constant("parameters", table).constant("offsets", node.input(3)).scratch(32 * blocks);
  return call.output();
}

double cycles(const NodeView& node) { return 5.0 * static_cast<double>(GaussianScores::of(node).macs(node)); }

const std::vector<Implementation> GaussianScores::kRows = {
    {.name = "gaussian_scores.blocks", .cycles = cycles, .lower = lower, .code_bytes = 250}};

}  // namespace

MOTE_DEFINE_OPERATOR(GaussianScores, gaussian_scores)

}  // namespace mote
