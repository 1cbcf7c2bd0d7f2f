// PAIRWISE_CLASSES: from decisions between all pairs of classes [rows][pairs] to the class that wins most of them [rows], and, with
// inputs a and b [pairs], the probabilities of the classes [rows][classes].
// Source: ONNX ai.onnx.ml SVMClassifier; probabilities as in LIBSVM (Platt 2000; Wu, Lin and Weng 2004).

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

constexpr std::int32_t kMostClasses = 64;

class PairwiseClasses : public OperatorBase<PairwiseClasses> {
 public:
  static constexpr std::string_view kName = "pairwise_classes";
  static const std::vector<Implementation> kRows;

  std::int32_t classes = 2;

  template <typename V>
  void fields(V& v) {
    v.visit("classes", classes);
  }

  std::int64_t rows(const NodeView& node) const { return rows_and_depth(node.input(0).shape).rows; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 3);
    if (classes < 2 || classes > kMostClasses) throw Error(fmt::format("{} classes; 2 to {} are supported", classes, kMostClasses));
    const std::int32_t pairs = classes * (classes - 1) / 2;
    require_rank(node.input(0), 2, 2);
    for (int i = 0; i < node.input_count(); ++i) {
      require_type(node.input(i), {DataType::kFloat32});
      require_elements(node.input(i));
      if (node.input(i).shape.back() != pairs)
        throw Error(fmt::format("{} classes make {} pairs; tensor '{}' is {}", classes, pairs, node.input(i).name, to_string(node.input(i).shape)));
    }
    if (node.input_count() == 2) throw Error("probabilities need two inputs");
    const auto count = static_cast<std::int32_t>(rows(node));
    std::vector<TensorType> types{{DataType::kInt32, {count}}};
    if (node.input_count() == 3) types.push_back({DataType::kFloat32, {count, classes}});
    return types;
  }

  void evaluate(const Evaluation& e) const override {
    const auto n = static_cast<std::size_t>(classes), pairs = n * (n - 1) / 2;
    const auto decisions = e.in<float>(0);
    for (std::size_t row = 0; row * pairs < decisions.size(); ++row) {
      const auto of_row = decisions.subspan(row * pairs, pairs);
      std::vector<int> wins(n);
      std::vector<std::vector<double>> r(n, std::vector<double>(n));
      for (std::size_t i = 0, pair = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j, ++pair) {
          ++wins[of_row[pair] > 0.0F ? i : j];
          if (e.input_count() < 3) continue;
          const double z = static_cast<double>(e.in<float>(1)[pair]) * static_cast<double>(of_row[pair]) + static_cast<double>(e.in<float>(2)[pair]);
          r[i][j] = std::clamp(1.0 / (1.0 + std::exp(z)), 1e-7, 1.0 - 1e-7);
          r[j][i] = 1.0 - r[i][j];
        }
      }
      e.out<std::int32_t>(0)[row] = static_cast<std::int32_t>(std::max_element(wins.begin(), wins.end()) - wins.begin());
      if (e.input_count() < 3) continue;
      const std::vector<double> p = fit(r);
      for (std::size_t c = 0; c < n; ++c) e.out<float>(1)[row * n + c] = static_cast<float>(p[c]);
    }
  }

 private:
  /// The p that make sum over pairs of (r[j][i] p[i] - r[i][j] p[j])^2 smallest, by descent in one p at a time; for two classes too, since
  /// where the descent stops is in scikit-learn's numbers.
  static std::vector<double> fit(const std::vector<std::vector<double>>& r) {
    const std::size_t n = r.size();
    std::vector<double> p(n, 1.0 / static_cast<double>(n)), qp(n);
    std::vector<std::vector<double>> q(n, std::vector<double>(n));
    for (std::size_t t = 0; t < n; ++t) {
      for (std::size_t j = 0; j < n; ++j) {
        if (j == t) continue;
        q[t][t] += r[j][t] * r[j][t];
        q[t][j] = -r[j][t] * r[t][j];
      }
    }
    const std::size_t rounds = std::max<std::size_t>(100, n);
    for (std::size_t round = 0; round < rounds; ++round) {
      double pqp = 0, error = 0;
      for (std::size_t t = 0; t < n; ++t) {
        qp[t] = 0;
        for (std::size_t j = 0; j < n; ++j) qp[t] += q[t][j] * p[j];
        pqp += p[t] * qp[t];
      }
      for (std::size_t t = 0; t < n; ++t) error = std::max(error, std::abs(qp[t] - pqp));
      if (error < 0.005 / static_cast<double>(n)) break;
      for (std::size_t t = 0; t < n; ++t) {
        const double step = (pqp - qp[t]) / q[t][t];
        p[t] += step;
        pqp = (pqp + step * (step * q[t][t] + 2.0 * qp[t])) / (1.0 + step) / (1.0 + step);
        for (std::size_t j = 0; j < n; ++j) {
          qp[j] = (qp[j] + step * q[t][j]) / (1.0 + step);
          p[j] /= 1.0 + step;
        }
      }
    }
    return p;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = PairwiseClasses::of(node);
  const bool probabilities = node.input_count() == 3;
  KernelCall call("svm", "pairwise_classes");
  call.set("rows", op.rows(node)).set("classes", op.classes).flag("has_probabilities", probabilities);
  call.value(node, 0, "decisions");
  if (!probabilities) return call.null().null().output(0).null();
  return call.value(node, 1, "a").value(node, 2, "b").output(0).output(1);
}

double cycles(const NodeView& node) {
  const double pairs = static_cast<double>(node.input(0).elements());
  return pairs * (node.input_count() == 3 ? 1500.0 : 12.0);
}

const std::vector<Implementation> PairwiseClasses::kRows = {
    {.name = "pairwise_classes.direct", .cycles = cycles, .lower = lower, .code_bytes = 400}};

}  // namespace

MOTE_DEFINE_OPERATOR(PairwiseClasses, pairwise_classes)

}  // namespace mote
