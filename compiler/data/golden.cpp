#include "data/golden.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "data/convert.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

using Arrays = std::map<std::string, NpyArray>;

bool is_sequence(const Arrays& arrays) {
  const auto meta = arrays.find("meta");
  if (meta == arrays.end()) return false;
  std::string text;
  for (const std::string& part : strings_of(meta->second)) text += part;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() && json.contains("kind") && json["kind"] == "seq";
}

std::vector<std::string> case_names(const Arrays& arrays) {
  std::set<std::string> names;
  for (const auto& [key, array] : arrays) {
    const std::size_t slash = key.rfind('/');
    if (slash != std::string::npos) names.insert(key.substr(0, slash));
  }
  return {names.begin(), names.end()};
}

const NpyArray& find_array(const Arrays& arrays, const std::string& key) {
  const auto found = arrays.find(key);
  if (found != arrays.end()) return found->second;
  std::vector<std::string> names;
  const std::string stem = key.substr(0, key.rfind('/'));
  for (const auto& [name, array] : arrays) {
    if (name.starts_with(stem)) names.push_back(name);
  }
  throw Error(fmt::format("there is no array '{}'", key), fmt::format("the file has: {}", fmt::join(names, ", ")));
}

/// The array's bytes cut into `steps` equal parts, each as long as the tensor.
std::vector<Bytes> cut(const NpyArray& array, const Tensor& tensor, std::size_t steps) {
  const Bytes bytes = convert_to(array, tensor);
  const auto size = static_cast<std::size_t>(tensor.bytes());
  if (bytes.size() != steps * size)
    throw Error(fmt::format("{} bytes for {} steps of '{}' ({} bytes each)", bytes.size(), steps, tensor.name, size));
  std::vector<Bytes> parts;
  for (std::size_t i = 0; i < steps; ++i)
    parts.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(i * size),
                       bytes.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  return parts;
}

void add_case(const Arrays& arrays, const std::string& name, bool sequence, const Graph& graph, const std::string& column,
              Golden& golden) {
  const std::size_t steps =
      sequence && !graph.inputs.empty()
          ? static_cast<std::size_t>(find_array(arrays, name + "/x0").elements() / graph.tensor(graph.inputs[0]).elements())
          : 1;
  const std::size_t first = golden.steps.size();
  for (std::size_t s = 0; s < steps; ++s) golden.steps.push_back({name, s == 0, {}, {}});
  const auto take = [&](const std::string& key, TensorId id, std::vector<Bytes> GoldenStep::*member) {
    with_context(fmt::format("array '{}'", key), [&] {
      auto parts = cut(find_array(arrays, key), graph.tensor(id), steps);
      for (std::size_t s = 0; s < steps; ++s) (golden.steps[first + s].*member).push_back(std::move(parts[s]));
    });
  };
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    take(fmt::format("{}/x{}", name, i), graph.inputs[i], &GoldenStep::inputs);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    take(fmt::format("{}/y{}_{}", name, i, column), graph.outputs[i], &GoldenStep::outputs);
  ++golden.cases;
}

void compare_output(const Bytes& expected, const Bytes& actual, const Tensor& tensor, std::string_view place,
                    std::optional<double> tolerance, Comparison& result) {
  const NpyArray wanted = to_array(tensor, {tensor.elements()}, expected);
  const NpyArray got = to_array(tensor, {tensor.elements()}, actual);
  double largest = 0;
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    const double size = std::abs(number_at(wanted, i));
    if (std::isfinite(size)) largest = std::max(largest, size);
  }
  const auto allowed = [&](double value) {
    if (!is_float(tensor.type)) return 0.0;
    return tolerance ? *tolerance * std::max(1.0, std::abs(value)) : kFloatTolerance * largest;
  };
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    const double difference = std::abs(number_at(wanted, i) - number_at(got, i));
    const bool both_nan = std::isnan(number_at(wanted, i)) && std::isnan(number_at(got, i));
    ++result.values;
    if (both_nan || number_at(wanted, i) == number_at(got, i)) continue;
    result.max_abs_difference = std::isnan(difference) ? difference : std::max(result.max_abs_difference, difference);
    if (difference <= allowed(number_at(wanted, i))) continue;
    if (result.mismatching_values++ == 0) {
      result.first_mismatch = fmt::format("{}, value {}: expected {}, got {}", place, i, number_at(wanted, i), number_at(got, i));
    }
  }
}

}  // namespace

Golden parse_golden(std::span<const std::uint8_t> bytes, const Graph& graph, const std::string& column) {
  const Arrays arrays = parse_npz(bytes);
  Golden golden;
  const bool sequence = is_sequence(arrays);
  for (const std::string& name : case_names(arrays)) add_case(arrays, name, sequence, graph, column, golden);
  if (golden.cases == 0) throw Error("no cases: arrays named CASE/x0 and CASE/y0_tflm are needed");
  return golden;
}

Golden read_golden(const std::filesystem::path& path, const Graph& graph, const std::string& column) {
  const Bytes bytes = read_file(path);
  return with_context(path.string(), [&] { return parse_golden(bytes, graph, column); });
}

Comparison compare(const Golden& golden, const std::vector<std::vector<Bytes>>& results, const Graph& graph,
                   std::optional<double> tolerance) {
  MOTE_CHECK(results.size() == golden.steps.size());
  Comparison result;
  for (std::size_t s = 0; s < results.size(); ++s) {
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const std::string place = fmt::format("case '{}', step {}, output {}", golden.steps[s].case_name, s, i);
      compare_output(golden.steps[s].outputs[i], results[s][i], graph.tensor(graph.outputs[i]), place, tolerance, result);
    }
  }
  return result;
}

}  // namespace mote
