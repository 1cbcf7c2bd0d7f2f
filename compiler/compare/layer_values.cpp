#include "compare/layer_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

namespace mote {

namespace {

Tensor without_data(Tensor tensor) {
  tensor.data = nullptr;
  return tensor;
}

/// Every tensor that a node makes, in running order.
std::vector<TensorId> made_tensors(const Graph& graph) {
  std::vector<TensorId> ids;
  for (const Node& node : graph.nodes) ids.insert(ids.end(), node.outputs.begin(), node.outputs.end());
  return ids;
}

/// Parts whose bytes together stay below `limit`; one tensor at least in each.
std::vector<std::vector<TensorId>> cut_by_bytes(const Graph& graph, const std::vector<TensorId>& ids, std::int64_t limit) {
  std::vector<std::vector<TensorId>> parts;
  std::int64_t bytes = 0;
  for (const TensorId id : ids) {
    bytes += graph.tensor(id).bytes();
    if (parts.empty() || bytes > limit) {
      parts.emplace_back();
      bytes = graph.tensor(id).bytes();
    }
    parts.back().push_back(id);
  }
  return parts;
}

/// Bytes of outputs that are sure to find room beside the arena; the workstation has enough.
std::int64_t bytes_for_outputs(const Target& target, const Plan& plan) {
  constexpr std::int64_t kOnHost = std::int64_t{1} << 27;
  constexpr std::int64_t kForStack = 64 << 10;
  if (target.ram.length == 0) return kOnHost;
  // The runner keeps a copy of inputs and outputs besides the model's arena.
  return std::max<std::int64_t>((static_cast<std::int64_t>(target.ram.length) - plan.memory.arena_bytes - kForStack) / 3, 1);
}

void keep_outputs(const Graph& graph, const std::vector<TensorId>& ids, std::vector<std::vector<Bytes>> outputs, LayerValues& into) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    TensorValues& kept = into.tensors[ids[i]];
    kept.tensor = without_data(graph.tensor(ids[i]));
    for (auto& inference : outputs) kept.values.push_back(std::move(inference[i]));
  }
}

void evaluate_layers(const Graph& graph, const std::vector<Inference>& inferences, const Progress& progress, LayerValues& into) {
  Evaluator evaluator(graph);
  const std::vector<TensorId> made = made_tensors(graph);
  std::size_t done = 0;
  for (const Inference& inference : inferences) {
    if (inference.reset_before) evaluator.reset();
    evaluator.run(inference.inputs);
    for (const TensorId id : made) {
      TensorValues& kept = into.tensors[id];
      if (kept.values.empty()) kept.tensor = without_data(graph.tensor(id));
      kept.values.push_back(evaluator.value(id));
    }
    if (progress) progress("evaluate", static_cast<double>(++done) / static_cast<double>(inferences.size()));
  }
}

/// A part of a plan's graph is given the kernels that the plan has for the whole. Nodes are found by name; where a name stands twice
/// selection chooses anew.
SelectionOptions same_choice(const Plan& plan, const Graph& part, SelectionOptions selection) {
  std::map<std::string, int> count;
  for (const Node& node : plan.graph.nodes) ++count[node.name];
  std::set<std::string> present;
  for (const Node& node : part.nodes) present.insert(node.name);
  selection.forced.clear();
  for (const Step& step : plan.steps) {
    const std::string& name = plan.graph.nodes[step.node].name;
    if (count[name] == 1 && present.contains(name)) selection.forced.emplace_back(name, step.implementation);
  }
  selection.flash_bytes.reset();
  selection.ram_bytes.reset();
  return selection;
}

template <typename T>
void store(double real, const Tensor& tensor, std::uint8_t* to) {
  T value{};
  if constexpr (std::is_same_v<T, float>) {
    value = static_cast<float>(real);
  } else {
    const double stored = tensor.quantization.empty() ? real : std::round(real / static_cast<double>(tensor.scale())) + tensor.zero_point();
    const auto lowest = static_cast<double>(std::numeric_limits<T>::min());
    const auto highest = static_cast<double>(std::numeric_limits<T>::max());
    if (stored >= highest)
      value = std::numeric_limits<T>::max();
    else if (stored > lowest)
      value = static_cast<T>(stored);
    else if (stored <= lowest)
      value = std::numeric_limits<T>::min();
  }
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

double real_value(const Tensor& tensor, const Bytes& bytes, std::size_t i) {
  const auto stored = [&]<typename T>(T value) {
    std::memcpy(&value, &bytes[i * sizeof value], sizeof value);
    return static_cast<double>(value);
  };
  const auto scaled = [&](double value) {
    if (tensor.quantization.empty()) return value;
    return (value - tensor.zero_point()) * static_cast<double>(tensor.scale());
  };
  switch (tensor.type) {
    case DataType::kFloat32:
      return stored(float{});
    case DataType::kInt8:
      return scaled(stored(std::int8_t{}));
    case DataType::kInt16:
      return scaled(stored(std::int16_t{}));
    case DataType::kInt32:
      return scaled(stored(std::int32_t{}));
    case DataType::kInt64:
      return scaled(stored(std::int64_t{}));
    case DataType::kUint8:
      return scaled(stored(std::uint8_t{}));
    case DataType::kBool:
      return stored(std::uint8_t{});
    case DataType::kUint32:
      return stored(std::uint32_t{});
    case DataType::kUint64:
      return stored(std::uint64_t{});
  }
  return 0;
}

Bytes as_stored(const Tensor& from, const Bytes& values, const Tensor& to) {
  Bytes bytes(static_cast<std::size_t>(to.bytes()));
  const std::size_t size = type_bytes(to.type);
  for (std::size_t i = 0; i < static_cast<std::size_t>(to.elements()); ++i) {
    const double real = real_value(from, values, i);
    std::uint8_t* place = &bytes[i * size];
    switch (to.type) {
      case DataType::kFloat32:
        store<float>(real, to, place);
        break;
      case DataType::kInt8:
        store<std::int8_t>(real, to, place);
        break;
      case DataType::kInt16:
        store<std::int16_t>(real, to, place);
        break;
      case DataType::kInt32:
        store<std::int32_t>(real, to, place);
        break;
      case DataType::kInt64:
        store<std::int64_t>(real, to, place);
        break;
      case DataType::kUint8:
        store<std::uint8_t>(real, to, place);
        break;
      case DataType::kBool:
        *place = real != 0 ? 1 : 0;
        break;
      case DataType::kUint32:
        store<std::uint32_t>(real, to, place);
        break;
      case DataType::kUint64:
        store<std::uint64_t>(real, to, place);
        break;
    }
  }
  return bytes;
}

LayerValues run_layers(const Graph& graph, const Target& target, const std::vector<Inference>& inferences,
                       const SelectionOptions& selection, const Progress& progress) {
  LayerValues result{graph, fmt::format("{} on {}", graph.name, target.name), {}};
  if (target.is_reference()) {
    evaluate_layers(graph, inferences, progress, result);
    return result;
  }
  const Plan plan = make_plan(graph, target, selection);
  const auto parts = cut_by_bytes(graph, made_tensors(graph), bytes_for_outputs(target, plan));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Graph shown = graph;
    shown.outputs = parts[i];
    prune(shown);  // what comes after the part; nodes with state stay
    const SelectionOptions choice = same_choice(plan, shown, selection);
    const auto within = [&](std::string_view stage, double fraction) {
      if (progress) progress(stage, (static_cast<double>(i) + fraction) / static_cast<double>(parts.size()));
    };
    RunResult run = run_model(make_plan(std::move(shown), target, choice), inferences, false, within);
    keep_outputs(graph, parts[i], std::move(run.outputs), result);
  }
  return result;
}

}  // namespace mote
