// LinearClassifier, LinearRegressor, SVMClassifier and SVMRegressor of ai.onnx.ml.

#include <algorithm>
#include <cmath>

#include "import/onnx/class_labels.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// x times the rows of `coefficients`, plus `intercepts`: [rows][outputs].
TensorId linear(ImportedGraph& graph, TensorId x, std::vector<float> coefficients, std::vector<float> intercepts) {
  const std::int32_t depth = graph.shape(x).back();
  if (coefficients.empty() || coefficients.size() % static_cast<std::size_t>(depth) != 0)
    throw Error(fmt::format("damaged: {} coefficients for {} features", coefficients.size(), depth));
  const auto outputs = static_cast<std::int32_t>(coefficients.size()) / depth;
  if (intercepts.empty()) intercepts.assign(static_cast<std::size_t>(outputs), 0.0F);
  if (intercepts.size() != static_cast<std::size_t>(outputs))
    throw Error(fmt::format("damaged: {} intercepts for {} scores", intercepts.size(), outputs));
  const TensorId weights = graph.constant<float>({outputs, depth}, coefficients);
  return graph.add("fully_connected", {x, weights, graph.constant<float>({outputs}, intercepts)});
}

struct Kernel {
  std::string_view name;
  std::int32_t kind;
};
constexpr Kernel kKernels[] = {{"LINEAR", 0}, {"POLY", 1}, {"RBF", 2}, {"SIGMOID", 3}};

/// How alike rows and support vectors are, [rows][vectors].
TensorId kernel_values(NodeReader& node, TensorId x, const std::vector<float>& vectors) {
  ImportedGraph& graph = node.graph();
  const std::string name = node.text("kernel_type", "LINEAR");
  const std::vector<float> parameters = node.reals("kernel_params");
  const auto found = std::find_if(std::begin(kKernels), std::end(kKernels), [&](const Kernel& each) { return each.name == name; });
  if (found == std::end(kKernels)) throw Error(fmt::format("kernel_type {} is not supported", name), "supported: LINEAR, POLY, RBF, SIGMOID");
  if (!parameters.empty() && parameters.size() != 3) throw Error(fmt::format("damaged: {} kernel_params, 3 are needed", parameters.size()));
  const std::int32_t depth = graph.shape(x).back();
  if (vectors.empty() || vectors.size() % static_cast<std::size_t>(depth) != 0)
    throw Error(fmt::format("damaged: support vectors of {} numbers for {} features", vectors.size(), depth));
  const auto count = static_cast<std::int32_t>(vectors.size()) / depth;
  const float gamma = parameters.empty() ? 0.0F : parameters[0], coef0 = parameters.empty() ? 0.0F : parameters[1],
              degree = parameters.empty() ? 0.0F : parameters[2];
  return graph.add("svm_kernel", {x, graph.constant<float>({count, depth}, vectors)},
                   {{"kind", found->kind}, {"gamma", gamma}, {"coef0", coef0}, {"degree", degree}});
}

/// An order of the support vectors in which the sums of their first weights stay small, so that float32 keeps their last digits.
std::vector<std::size_t> balanced_order(const std::vector<float>& weights, std::size_t count) {
  std::vector<std::size_t> above, below, order;
  for (std::size_t v = 0; v < count; ++v) (weights[v] > 0.0F ? above : below).push_back(v);
  double sum = 0;
  for (std::size_t a = 0, b = 0; order.size() < count;) {
    const bool take_above = b == below.size() || (a < above.size() && sum <= 0);
    order.push_back(take_above ? above[a++] : below[b++]);
    sum += static_cast<double>(weights[order.back()]);
  }
  return order;
}

/// Each row of order.size() parts of `width` numbers with its parts in the given order.
std::vector<float> reordered(const std::vector<float>& values, const std::vector<std::size_t>& order, std::size_t width) {
  std::vector<float> made;
  for (std::size_t row = 0; row < values.size(); row += order.size() * width) {
    for (const std::size_t v : order) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(row + v * width);
      made.insert(made.end(), from, from + static_cast<std::ptrdiff_t>(width));
    }
  }
  return made;
}

/// Kernel values of all support vectors times the rows of `weights`, plus `rho`. What is linear in x becomes one product with x.
TensorId weighted_kernel(NodeReader& node, TensorId x, const std::vector<float>& vectors, const std::vector<float>& weights, const std::vector<float>& rho) {
  const auto depth = static_cast<std::size_t>(node.graph().shape(x)[1]), count = vectors.size() / depth;
  if (count == 0 || vectors.size() % depth != 0 || weights.empty() || weights.size() % count != 0)
    throw Error(fmt::format("damaged: support vectors of {} numbers and {} weights for {} features", vectors.size(), weights.size(), depth));
  if (node.text("kernel_type", "LINEAR") != "LINEAR") {
    const std::vector<std::size_t> order = balanced_order(weights, count);
    return linear(node.graph(), kernel_values(node, x, reordered(vectors, order, depth)), reordered(weights, order, 1), rho);
  }
  node.ignore("kernel_params");
  std::vector<float> product;
  for (std::size_t row = 0; row < weights.size(); row += count) {
    for (std::size_t i = 0; i < depth; ++i) {
      double sum = 0;
      for (std::size_t v = 0; v < count; ++v) sum += static_cast<double>(weights[row + v]) * static_cast<double>(vectors[v * depth + i]);
      product.push_back(static_cast<float>(sum));
    }
  }
  return linear(node.graph(), x, product, rho);
}

/// Weights [pairs][vectors] that make the decisions between all pairs of classes of kernel values. LIBSVM keeps for each vector one
/// coefficient against each other class: `coefficients` [classes - 1][vectors], vectors in the order of their classes.
std::vector<float> pair_weights(const std::vector<float>& coefficients, const std::vector<std::int64_t>& per_class) {
  const std::size_t classes = per_class.size(), vectors = coefficients.size() / (classes - 1);
  std::vector<std::size_t> first{0};
  for (const std::int64_t count : per_class) first.push_back(first.back() + static_cast<std::size_t>(count));
  std::vector<float> weights;
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = i + 1; j < classes; ++j) {
      const std::size_t at = weights.size();
      weights.resize(at + vectors);
      for (std::size_t v = first[i]; v < first[i + 1]; ++v) weights[at + v] = coefficients[(j - 1) * vectors + v];
      for (std::size_t v = first[j]; v < first[j + 1]; ++v) weights[at + v] = coefficients[i * vectors + v];
    }
  }
  return weights;
}

}  // namespace

void convert_linear_classifier(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::int32_t classes = read_class_labels(node);
  node.ignore("multi_class");
  const std::string transform = node.text("post_transform", "NONE");
  TensorId raw = linear(graph, feature_rows(node), node.reals("coefficients"), node.reals("intercepts"));
  const std::int32_t scores = graph.shape(raw)[1];
  if (scores == 1 && classes == 2) {
    raw = two_columns(graph, raw, false);
  } else if (scores != classes) {
    throw Error(fmt::format("damaged: {} scores for {} classes", scores, classes));
  }
  if (node.has_output(0)) node.set_output(0, largest_score(graph, raw));
  node.set_output(1, post_transformed(node, raw, transform));
}

void convert_linear_regressor(NodeReader& node, std::string_view) {
  const std::int64_t targets = node.integer("targets", 1);
  const TensorId raw = linear(node.graph(), feature_rows(node), node.reals("coefficients"), node.reals("intercepts"));
  if (node.graph().shape(raw)[1] != targets) throw Error(fmt::format("damaged: coefficients for {} targets of {}", node.graph().shape(raw)[1], targets));
  node.result(post_transformed(node, raw, node.text("post_transform", "NONE")));
}

void convert_svm_regressor(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::vector<float> vectors = node.reals("support_vectors"), coefficients = node.reals("coefficients"), rho = node.reals("rho");
  node.ignore("n_supports");
  if (rho.size() != 1) throw Error(fmt::format("damaged: {} values of rho, one is needed", rho.size()));
  const TensorId x = feature_rows(node);
  TensorId score = kNoTensor;
  if (vectors.empty()) {
    node.ignore("kernel_type");
    node.ignore("kernel_params");
    score = linear(graph, x, coefficients, rho);
  } else {
    score = weighted_kernel(node, x, vectors, coefficients, rho);
  }
  if (graph.shape(score)[1] != 1) throw Error(fmt::format("damaged: {} coefficients make {} scores", coefficients.size(), graph.shape(score)[1]));
  if (node.flag("one_class", false)) {
    // Inside (more than 0) is 1, outside -1.
    const TensorId inside = graph.cast(graph.add("greater", {score, graph.scalar(0.0F)}, {}, {DataType::kBool, Quantization{}}), DataType::kFloat32);
    score = graph.add("sub", {graph.add("mul", {inside, graph.scalar(2.0F)}), graph.scalar(1.0F)});
  }
  node.result(post_transformed(node, score, node.text("post_transform", "NONE")));
}

void convert_svm_classifier(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::int32_t classes = read_class_labels(node);
  const std::vector<float> vectors = node.reals("support_vectors"), coefficients = node.reals("coefficients"), rho = node.reals("rho");
  const std::vector<float> a = node.reals("prob_a"), b = node.reals("prob_b");
  const std::vector<std::int64_t> per_class = node.integers("vectors_per_class");
  const auto pairs = static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes - 1) / 2;
  if (per_class.empty()) throw Error("support vector classifiers without support vectors are not supported", "export it as a LinearClassifier");
  const TensorId x = feature_rows(node);
  const auto depth = static_cast<std::size_t>(graph.shape(x)[1]);
  if (vectors.empty() || vectors.size() % depth != 0)
    throw Error(fmt::format("damaged: support vectors of {} numbers for {} features", vectors.size(), depth));
  const std::size_t count = vectors.size() / depth;
  std::size_t listed = 0;
  for (const std::int64_t each : per_class) {
    if (each < 0 || static_cast<std::size_t>(each) > count) throw Error("damaged: vectors_per_class do not fit the support vectors");
    listed += static_cast<std::size_t>(each);
  }
  if (classes < 2 || per_class.size() != static_cast<std::size_t>(classes) || listed != count)
    throw Error(fmt::format("damaged: vectors_per_class list {} vectors of {} classes; there are {} of {}", listed, per_class.size(), count, classes));
  if (coefficients.size() != count * static_cast<std::size_t>(classes - 1) || rho.size() != pairs)
    throw Error(fmt::format("damaged: {} coefficients and {} values of rho for {} vectors of {} classes", coefficients.size(), rho.size(), count, classes));
  const TensorId decisions = weighted_kernel(node, x, vectors, pair_weights(coefficients, per_class), rho);
  const auto list = [&](const std::vector<float>& values) { return graph.constant<float>({static_cast<std::int32_t>(values.size())}, values); };
  TensorId scores = decisions;
  if (a.empty()) {
    const TensorId label = graph.add("pairwise_classes", {decisions}, {{"classes", classes}}, {DataType::kInt32, Quantization{}});
    node.set_output(0, label);
    // The first of two columns is scikit-learn's decision function, which is above 0 for the second class.
    if (classes == 2) scores = graph.add("concatenation", {graph.add("neg", {decisions}), decisions}, {{"axis", 1}});
  } else {
    if (a.size() != pairs || b.size() != pairs) throw Error(fmt::format("damaged: {} and {} probability parameters for {} pairs", a.size(), b.size(), pairs));
    const auto both = graph.add_all("pairwise_classes", {decisions, list(a), list(b)}, 2, {{"classes", classes}},
                                    {std::nullopt, std::nullopt, {DataType::kInt32, DataType::kFloat32}});
    node.set_output(0, both[0]);
    scores = both[1];
  }
  node.set_output(1, post_transformed(node, scores, node.text("post_transform", "NONE")));
}

}  // namespace mote
