#include "compare/diff_models.hpp"

#include "compare/dump.hpp"
#include "compare/layer_alone.hpp"
#include "compare/match_layers.hpp"
#include "data/golden.hpp"
#include "data/samples.hpp"
#include "graph/print.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

std::vector<std::vector<Bytes>> read_inputs(const std::filesystem::path& path, const Graph& graph, std::size_t samples) {
  auto inputs = read_samples(path, graph).inputs;
  if (inputs.empty()) throw Error("there are no samples", "give at least one");
  if (samples != 0 && inputs.size() > samples) inputs.resize(samples);
  return inputs;
}

void check_inputs(const Graph& a, const Graph& b) {
  if (a.inputs.size() != b.inputs.size())
    throw Error(fmt::format("{} has {} inputs, {} has {}", a.name, a.inputs.size(), b.name, b.inputs.size()));
  for (std::size_t i = 0; i < a.inputs.size(); ++i) {
    const Tensor& left = a.tensor(a.inputs[i]);
    const Tensor& right = b.tensor(b.inputs[i]);
    if (left.elements() != right.elements()) {
      throw Error(fmt::format("input {} is {} in {} and {} in {}", i, to_string(left.shape), a.name, to_string(right.shape), b.name),
                  "only models of one task can be compared");
    }
  }
}

bool same_representation(const Tensor& a, const Tensor& b) {
  return a.type == b.type && a.quantization.scales == b.quantization.scales && a.quantization.zero_points == b.quantization.zero_points;
}

std::vector<Inference> inferences_of(std::vector<std::vector<Bytes>> inputs) {
  std::vector<Inference> result;
  for (auto& each : inputs) result.push_back({std::move(each), false});
  return result;
}

/// Whether the data is read for `b`: where it takes quantized numbers and `a` real ones.
bool is_read_for_b(const Graph& a, const Graph& b) {
  for (std::size_t i = 0; i < a.inputs.size(); ++i) {
    if (is_float(a.tensor(a.inputs[i]).type) && !is_float(b.tensor(b.inputs[i]).type)) return true;
  }
  return false;
}

/// What each side is given.
std::pair<std::vector<Inference>, std::vector<Inference>> read_both(const std::filesystem::path& data, const Graph& a, const Graph& b,
                                                                   std::size_t samples) {
  const bool for_b = is_read_for_b(a, b);
  const Graph& reader = for_b ? b : a;
  const Graph& other = for_b ? a : b;
  const auto inputs = read_inputs(data, reader, samples);
  auto others = inputs;
  for (std::size_t i = 0; i < a.inputs.size(); ++i) {
    const Tensor& from = reader.tensor(reader.inputs[i]);
    const Tensor& to = other.tensor(other.inputs[i]);
    for (std::size_t s = 0; s < inputs.size() && !same_representation(from, to); ++s) others[s][i] = as_stored(from, inputs[s][i], to);
  }
  return {inferences_of(for_b ? std::move(others) : inputs), inferences_of(for_b ? inputs : std::move(others))};
}

std::vector<TensorValues> input_values(const Graph& graph, const std::vector<Inference>& inferences) {
  std::vector<TensorValues> result;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    result.push_back({graph.tensor(graph.inputs[i]), {}});
    for (const Inference& each : inferences) result[i].values.push_back(each.inputs[i]);
  }
  return result;
}

/// The numbers that the first model holds and the second can hold, for each pair of matched tensors and of inputs: what layers of
/// both are given when they are judged alone. A value that the second clips is clipped for both.
class SharedValues {
 public:
  SharedValues(const Graph& a, const Graph& b, const std::vector<TensorValues>& inputs, const LayerValues& left,
               const std::vector<TensorPair>& matched) {
    for (std::size_t i = 0; i < inputs.size(); ++i) add({a.inputs[i], b.inputs[i]}, inputs[i], b);
    for (const TensorPair& pair : matched) add(pair, left.tensors.at(pair.a), b);
    for (const auto& [pair, values] : values_) {
      before_a[pair.first] = &values;
      before_b[pair.second] = &values;
    }
  }
  std::map<TensorId, const TensorValues*> before_a, before_b;  ///< by tensor of each model

 private:
  void add(const TensorPair& pair, const TensorValues& from, const Graph& b) {
    const Tensor& to = b.tensor(pair.b);
    const bool wider = is_float(to.type) || same_representation(from.tensor, to);
    TensorValues& kept = values_[{pair.a, pair.b}];
    kept.tensor = wider ? from.tensor : to;
    for (const Bytes& each : from.values) kept.values.push_back(wider ? each : as_stored(from.tensor, each, to));
  }
  std::map<std::pair<TensorId, TensorId>, TensorValues> values_;
};

Tolerance tolerance_of(const DiffOptions& options, bool one_model) {
  Tolerance result{.steps = one_model ? 0 : kStepsOfDifferentModels, .relative = kFloatTolerance};
  result.steps = options.steps.value_or(result.steps);
  result.relative = options.relative.value_or(result.relative);
  return result;
}

std::string place_of(const DiffSide& side) { return fmt::format("{} on {}", side.name, side.target.name); }

}  // namespace

DiffResult diff_models(const DiffSide& a, const DiffSide& b, const std::filesystem::path& data, const DiffOptions& options) {
  check_inputs(a.graph, b.graph);
  const auto [for_a, for_b] = with_context(data.string(), [&] { return read_both(data, a.graph, b.graph, options.samples); });
  const LayerValues left = run_layers(a.graph, a.target, for_a, a.selection, options.progress);
  const LayerValues right = run_layers(b.graph, b.target, for_b, b.selection, options.progress);
  const std::vector<TensorPair> matched = match_layers(a.graph, b.graph);
  if (matched.empty()) throw Error("no layer of one model stands for a layer of the other", "only models of one network can be compared");
  const bool one_model = print_graph(a.graph) == print_graph(b.graph);
  const SharedValues shared(a.graph, b.graph, input_values(a.graph, for_a), left, matched);
  const auto made_by = producers(b.graph);
  std::vector<LayerPair> pairs;
  for (const TensorPair& pair : matched) {
    const Node& node = b.graph.nodes[static_cast<std::size_t>(made_by[static_cast<std::size_t>(pair.b)])];
    pairs.push_back({std::string(node.op->name()), node.name, left.tensors.at(pair.a), right.tensors.at(pair.b), {}});
    if (one_model || !a.target.is_reference() || !b.target.is_reference()) continue;
    pairs.back().alone = {values_alone(a.graph, pair.a, shared.before_a), values_alone(b.graph, pair.b, shared.before_b)};
  }
  DiffResult result{place_of(a), place_of(b), tolerance_of(options, one_model), for_a.size(), left.tensors.size(), right.tensors.size(), {}};
  result.layers = compare_layers(pairs, result.tolerance);
  return result;
}

DiffResult diff_with_dump(const DiffSide& a, const std::filesystem::path& dump, const std::filesystem::path& data, const DiffOptions& options) {
  const std::vector<Inference> inferences =
      with_context(data.string(), [&] { return inferences_of(read_inputs(data, a.graph, options.samples)); });
  const LayerValues layers = run_layers(a.graph, a.target, inferences, a.selection, options.progress);
  const auto pairs = with_context(dump.string(), [&] { return pair_with_dump(layers, parse_npz(read_file(dump))); });
  DiffResult result{place_of(a), dump.string(), tolerance_of(options, true), inferences.size(), layers.tensors.size(), 0, {}};
  result.layers = compare_layers(pairs, result.tolerance);
  return result;
}

}  // namespace mote
