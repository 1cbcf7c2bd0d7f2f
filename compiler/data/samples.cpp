#include "data/samples.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

const Tensor& only_input(const Graph& graph, std::string_view ending) {
  if (graph.inputs.size() == 1) return graph.tensor(graph.inputs[0]);
  throw Error(fmt::format("the model has {} inputs, a {} file holds one", graph.inputs.size(), ending), "use a .npz with an array per input");
}

/// Cuts the bytes of each input into samples; all inputs must give equally many.
std::vector<std::vector<Bytes>> cut(const Graph& graph, const std::vector<Bytes>& whole) {
  std::vector<std::vector<Bytes>> samples;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    const auto size = static_cast<std::size_t>(tensor.bytes());
    const std::size_t count = whole[i].size() / size;
    if (i == 0) samples.resize(count);
    if (count != samples.size()) throw Error(fmt::format("input '{}' has {} samples, the first has {}", tensor.name, count, samples.size()));
    for (std::size_t s = 0; s < count; ++s) {
      samples[s].emplace_back(whole[i].begin() + static_cast<std::ptrdiff_t>(s * size), whole[i].begin() + static_cast<std::ptrdiff_t>((s + 1) * size));
    }
  }
  return samples;
}

Samples from_npz(const std::map<std::string, NpyArray>& arrays, const Graph& graph) {
  std::vector<Bytes> whole;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    auto found = arrays.find(tensor.name);
    if (found == arrays.end()) found = arrays.find(fmt::format("x{}", i));
    if (found == arrays.end() && graph.inputs.size() == 1) found = arrays.find("x");
    if (found == arrays.end()) {
      std::vector<std::string> names;
      for (const auto& [name, array] : arrays) names.push_back(name);
      throw Error(fmt::format("no array for input {} ('{}')", i, tensor.name),
                  fmt::format("name it '{}', 'x{}'{}; the file has: {}", tensor.name, i, graph.inputs.size() == 1 ? " or 'x'" : "", fmt::join(names, ", ")));
    }
    whole.push_back(with_context(fmt::format("array '{}'", found->first), [&] { return convert_to(found->second, tensor); }));
  }
  Samples samples{cut(graph, whole), {}, {}};
  if (const auto labels = arrays.find("y"); labels != arrays.end() && labels->second.descr[1] != 'f') {
    for (std::int64_t i = 0; i < labels->second.elements(); ++i) samples.labels.push_back(static_cast<std::int32_t>(number_at(labels->second, i)));
    if (samples.labels.size() != samples.inputs.size()) {
      throw Error(fmt::format("{} labels for {} samples", samples.labels.size(), samples.inputs.size()));
    }
  }
  if (const auto names = arrays.find("class_names"); names != arrays.end()) samples.class_names = strings_of(names->second);
  return samples;
}

std::optional<double> parse_number(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t' || cell.back() == '\r')) cell.remove_suffix(1);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (cell.empty() || code != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

/// Numbers with a point or an exponent anywhere make the whole file real numbers; otherwise they are stored values.
Samples from_csv(std::string_view text, const Graph& graph) {
  const Tensor& tensor = only_input(graph, ".csv");
  const bool real = text.find_first_of(".") != std::string_view::npos;
  std::vector<double> values;
  int number = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    std::int64_t columns = 0;
    const std::size_t row_start = values.size();
    for (std::size_t begin = 0; begin <= line.size(); ++columns) {
      const std::size_t end = std::min(line.find_first_of(",;", begin), line.size());
      const std::optional<double> value = parse_number(line.substr(begin, end - begin));
      if (!value) {
        if (number == 1) break;
        throw Error(fmt::format("line {}, column {}: '{}' is no number", number, columns + 1, line.substr(begin, end - begin)));
      }
      values.push_back(*value);
      begin = end + 1;
    }
    if (number == 1 && static_cast<std::int64_t>(values.size() - row_start) != tensor.elements() && row_start == 0 && columns != tensor.elements()) {
      values.clear();
      if (parse_number(line.substr(0, line.find_first_of(",;")))) {
        throw Error(fmt::format("line 1 has {} numbers, the input '{}' takes {}", columns, tensor.name, tensor.elements()));
      }
      continue;
    }
    if (columns != tensor.elements()) {
      throw Error(fmt::format("line {} has {} numbers, the input '{}' takes {}", number, columns, tensor.name, tensor.elements()));
    }
  }
  NpyArray array{real ? "<f8" : "<i8", {static_cast<std::int64_t>(values.size())}, {}};
  array.bytes.resize(values.size() * 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto whole = static_cast<std::int64_t>(values[i]);
    std::memcpy(&array.bytes[8 * i], real ? static_cast<const void*>(&values[i]) : &whole, 8);
  }
  return {cut(graph, {convert_to(array, tensor)}), {}, {}};
}

Samples from_bin(const Bytes& bytes, const Graph& graph) {
  std::size_t size = 0;
  for (const TensorId id : graph.inputs) size += static_cast<std::size_t>(graph.tensor(id).bytes());
  if (size == 0 || bytes.empty() || bytes.size() % size != 0) {
    throw Error(fmt::format("{} bytes; one sample takes {}", bytes.size(), size));
  }
  Samples samples;
  for (auto at = bytes.begin(); at != bytes.end();) {
    samples.inputs.emplace_back();
    for (const TensorId id : graph.inputs) {
      samples.inputs.back().emplace_back(at, at + graph.tensor(id).bytes());
      at += graph.tensor(id).bytes();
    }
  }
  return samples;
}

}  // namespace

Samples read_samples(const std::filesystem::path& path, const Graph& graph) {
  const std::string ending = path.extension().string();
  const Bytes bytes = read_file(path);
  return with_context(path.string(), [&]() -> Samples {
    if (ending == ".npz") return from_npz(parse_npz(bytes), graph);
    if (ending == ".npy") return {cut(graph, {convert_to(parse_npy(bytes), only_input(graph, ".npy"))}), {}, {}};
    if (ending == ".csv") return from_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, graph);
    if (ending == ".bin") return from_bin(bytes, graph);
    throw Error(fmt::format("'{}' is no known ending for input data", ending), "known: .npy, .npz, .csv, .bin");
  });
}

}  // namespace mote
