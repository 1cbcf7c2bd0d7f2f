#include "pipeline/anomaly_section.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "fit/gaussian.hpp"

namespace mote {

namespace {

/// What a method builds from.
struct AnomalyParts {
  PipelineBuilder& builder;
  Section& section;
  const FittedParameters& fitted;
  TensorId rebuilt_from;

  TensorId constant(const std::string& name) const {
    return builder.graph.constant<float>(fitted.shape(name), fitted.floats(name));
  }
  float real(std::string_view key, float otherwise) const {
    return static_cast<float>(section.number(key).value_or(static_cast<double>(otherwise)));
  }
  std::int32_t whole(std::string_view key, std::int32_t least, std::int32_t most, std::int32_t otherwise) const {
    return static_cast<std::int32_t>(section.integer(key, least, most).value_or(otherwise));
  }
  std::int32_t runs(std::string_view key, std::int32_t otherwise) const {
    return static_cast<std::int32_t>(section.steps(key, builder.runs_per_second(), "runs").value_or(otherwise));
  }
  TensorId node(std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes = {}) const {
    return add_keeping_state(builder, op, std::move(inputs), attributes, {DataType::kFloat32})[0];
  }
};

TensorId running_baseline(const AnomalyParts& p) {
  TensorId scores = p.node("running_baseline", {p.builder.value},
                           {{"short_gain", p.real("short_gain", 0.1F)},
                            {"long_gain", p.real("long_gain", 0.001F)},
                            {"spread_gain", p.real("spread_gain", 0.001F)},
                            {"most_step", p.real("most_step", 3)},
                            {"warm_up", p.runs("warm_up", 1000)}});
  ImportedGraph& graph = p.builder.graph;
  scores = graph.add("abs", {scores});
  return graph.tensor(scores).elements() == 1 ? scores
                                              : graph.add("reduce_max", {scores, graph.integers({0})}, {{"keep_dims", true}});
}

TensorId running_gaussian(const AnomalyParts& p) {
  const auto features = static_cast<std::int32_t>(p.builder.graph.tensor(p.builder.value).elements());
  return p.node("running_gaussian", {p.builder.value},
                {{"gain", p.real("gain", 0.001F)},
                 {"most_distance", p.real("most_distance", 4.0F * static_cast<float>(features))},
                 {"ridge", p.real("ridge", 1e-4F)},
                 {"warm_up", p.runs("warm_up", std::max(1000, 2 * features))}});
}

TensorId running_centres(const AnomalyParts& p) {
  const auto apart = static_cast<float>(p.section.required_number("apart"));
  return p.node("running_centres", {p.builder.value},
                {{"centres", p.whole("centres", 1, 1024, 4)},
                 {"gain", p.real("gain", 0.01F)},
                 {"apart", apart},
                 {"follow", p.real("follow", apart)}});
}

TensorId mahalanobis(const AnomalyParts& p) {
  const TensorId mean = p.constant("mean");
  if (!p.fitted.has("covariance")) return p.node("mahalanobis", {p.builder.value, mean, p.constant("factor")});
  const std::vector<float> means = p.fitted.floats("mean"), covariance = p.fitted.floats("covariance");
  const auto n = static_cast<std::int32_t>(means.size());
  if (p.fitted.shape("covariance") != Shape{n, n})
    throw Error(fmt::format("{} means have a covariance of {}", n, to_string(p.fitted.shape("covariance"))));
  const FittedGaussian gaussian = gaussian_of({means.begin(), means.end()}, {covariance.begin(), covariance.end()});
  return p.node("mahalanobis", {p.builder.value, mean, p.builder.graph.constant<float>({n, n}, square_factor(gaussian))});
}

TensorId kmeans(const AnomalyParts& p) {
  return p.node("nearest_centre", {p.builder.value, p.constant("centres"), p.constant("weights"), p.constant("factors")});
}

TensorId gaussian_mixture(const AnomalyParts& p) {
  return p.node("gaussian_mixture", {p.builder.value, p.constant("means"), p.constant("factors"), p.constant("offsets")});
}

TensorId isolation_forest(const AnomalyParts& p) {
  ImportedGraph& graph = p.builder.graph;
  const auto integers = [&](const std::string& name) {
    return graph.constant<std::int32_t>(p.fitted.shape(name), p.fitted.integers(name));
  };
  const auto features = static_cast<std::int32_t>(graph.tensor(p.builder.value).elements());
  const TensorId row = graph.reshape(p.builder.value, {1, features});
  const TensorId paths =
      graph.add("tree_ensemble", {row, integers("nodes"), p.constant("thresholds"), integers("roots"), integers("leaf_starts"),
                                  integers("vote_targets"), p.constant("vote_weights"), p.constant("base")});
  return p.node("isolation_score", {paths}, {{"factor", p.fitted.number("factor")}});
}

/// Random halvings of the space of features, node by node: children of n are 2 n + 1 and 2 n + 2.
class HalfSpaces {
 public:
  HalfSpaces(std::vector<float> lowest, std::vector<float> highest, std::int32_t depth, std::uint32_t seed)
      : lowest_(std::move(lowest)), highest_(std::move(highest)), inner_((1 << depth) - 1), random_(seed) {}

  /// A tree over the ranges, widened so that each feature's middle lies at a random place of its range (Tan, Ting, Liu 2011,
  /// section 3).
  void add_tree() {
    std::vector<std::pair<float, float>> space;
    for (std::size_t i = 0; i < lowest_.size(); ++i) {
      const float at = fraction(), around = 2 * std::max(at, 1 - at), width = highest_[i] - lowest_[i];
      space.emplace_back(lowest_[i] + (at - around) * width, lowest_[i] + (at + around) * width);
    }
    first_ = thresholds.size();
    dimensions.resize(first_ + static_cast<std::size_t>(inner_));
    thresholds.resize(dimensions.size());
    halve(0, space);
  }

  std::vector<std::int16_t> dimensions;
  std::vector<float> thresholds;

 private:
  float fraction() { return static_cast<float>(random_() >> 8) / 16777216.0F; }

  void halve(std::int32_t node, std::vector<std::pair<float, float>>& space) {
    if (node >= inner_) return;
    const std::size_t feature = random_() % space.size();
    const auto [low, high] = space[feature];
    const float middle = 0.5F * (low + high);
    dimensions[first_ + static_cast<std::size_t>(node)] = static_cast<std::int16_t>(feature);
    thresholds[first_ + static_cast<std::size_t>(node)] = middle;
    space[feature] = {low, middle};
    halve(2 * node + 1, space);
    space[feature] = {middle, high};
    halve(2 * node + 2, space);
    space[feature] = {low, high};
  }

  std::vector<float> lowest_, highest_;
  std::int32_t inner_;
  std::size_t first_ = 0;  ///< the tree's first node
  std::mt19937 random_;
};

TensorId half_space_trees(const AnomalyParts& p) {
  const std::vector<float> lowest = p.fitted.floats("lowest"), highest = p.fitted.floats("highest");
  const auto features = static_cast<std::size_t>(p.builder.graph.tensor(p.builder.value).elements());
  if (lowest.size() != features || highest.size() != features || features > INT16_MAX)
    throw Error(fmt::format("{} features have {} lowest and {} highest values", features, lowest.size(), highest.size()));
  const std::int32_t trees = p.whole("trees", 1, 256, 10), depth = p.whole("depth", 1, 12, 5),
                     window = p.whole("window", 1, INT16_MAX, 250);
  HalfSpaces spaces(lowest, highest, depth, static_cast<std::uint32_t>(p.whole("seed", 0, INT32_MAX, 1)));
  for (std::int32_t t = 0; t < trees; ++t) spaces.add_tree();
  const Shape shape{trees, (1 << depth) - 1};
  ImportedGraph& graph = p.builder.graph;
  return p.node(
      "half_space_trees",
      {p.builder.value, graph.constant<std::int16_t>(shape, spaces.dimensions), graph.constant<float>(shape, spaces.thresholds)},
      {{"depth", depth}, {"window", window}, {"size_limit", p.whole("size_limit", 0, INT16_MAX, window / 10)}});
}

TensorId reconstruction_error(const AnomalyParts& p) {
  if (p.rebuilt_from == kNoTensor) p.section.fail("method", "needs a model that rebuilds its input", "add a [model]");
  PipelineBuilder before{p.builder.graph, p.builder.source, p.rebuilt_from};
  make_real(before);
  return p.node("reconstruction_error", {before.value, p.builder.value});
}

struct AnomalyMethod {
  std::string_view name;
  AnomalyFit fit;
  TensorId (*build)(const AnomalyParts&);
};
constexpr AnomalyMethod kMethods[] = {
    {"gaussian_mixture", AnomalyFit::kMixture, gaussian_mixture},
    {"half_space_trees", AnomalyFit::kRanges, half_space_trees},
    {"isolation_forest", AnomalyFit::kIsolationForest, isolation_forest},
    {"kmeans", AnomalyFit::kClusters, kmeans},
    {"mahalanobis", AnomalyFit::kMahalanobis, mahalanobis},
    {"reconstruction_error", AnomalyFit::kNone, reconstruction_error},
    {"running_baseline", AnomalyFit::kNone, running_baseline},
    {"running_centres", AnomalyFit::kNone, running_centres},
    {"running_gaussian", AnomalyFit::kNone, running_gaussian},
};

const AnomalyMethod& method_of(Section& section) {
  const std::string name = section.required_text("method");
  std::vector<std::string_view> names;
  for (const AnomalyMethod& method : kMethods) {
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  section.fail("method", fmt::format("'{}' is not known", name), fmt::format("one of: {}", fmt::join(names, ", ")));
}

}  // namespace

AnomalySettings read_anomaly(Section& section) {
  AnomalySettings settings;
  settings.fit = method_of(section).fit;
  const auto whole = [&](std::string_view key, std::int32_t& field, std::int32_t least, std::int32_t most) {
    field = static_cast<std::int32_t>(section.integer(key, least, most).value_or(field));
  };
  switch (settings.fit) {
    case AnomalyFit::kClusters:
      whole("clusters", settings.clusters, 1, 256);
      break;
    case AnomalyFit::kMixture:
      whole("components", settings.components, 1, 64);
      settings.diagonal = section.one_of("covariance", {"diagonal", "full"}) == "diagonal";
      break;
    case AnomalyFit::kIsolationForest:
      whole("trees", settings.trees, 1, 1000);
      whole("samples", settings.samples, 2, 1 << 16);
      break;
    default:
      break;
  }
  const bool draws = settings.fit == AnomalyFit::kClusters || settings.fit == AnomalyFit::kMixture ||
                     settings.fit == AnomalyFit::kIsolationForest;
  if (draws) whole("seed", settings.seed, 0, INT32_MAX);
  if (section.has("parameters")) settings.parameters = section.file("parameters");
  return settings;
}

std::optional<float> build_anomaly(PipelineBuilder& builder, Section& section, TensorId rebuilt_from,
                                   const FittedParameters* fitted) {
  const AnomalyMethod& method = method_of(section);
  const AnomalySettings settings = read_anomaly(section);
  FittedParameters read;
  if (fitted == nullptr && !settings.parameters.empty()) {
    if (!std::filesystem::exists(settings.parameters))
      section.fail("parameters", fmt::format("there is no file '{}'", settings.parameters.string()),
                   "make it with: mote fit PIPELINE --normal RECORDINGS");
    read = FittedParameters::read(settings.parameters);
    fitted = &read;
  }
  if (fitted == nullptr && method.fit != AnomalyFit::kNone)
    section.fail("parameters", "is missing", "a file to be made with: mote fit PIPELINE --normal RECORDINGS");
  if (fitted == nullptr) fitted = &read;
  make_real(builder);
  builder.value = method.build({builder, section, *fitted, rebuilt_from});
  builder.rows_per_second = builder.runs_per_second();
  return fitted->threshold();
}

}  // namespace mote
