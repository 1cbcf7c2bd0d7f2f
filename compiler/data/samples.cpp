#include "data/samples.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "data/file_order.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

const Tensor& only_input(const Graph& graph, std::string_view ending) {
  if (graph.inputs.size() == 1) return graph.tensor(graph.inputs[0]);
  throw Error(fmt::format("the model has {} inputs, a {} file holds one", graph.inputs.size(), ending),
              "use a .npz with an array per input");
}

/// Cuts the bytes of each input into samples; all inputs must give equally many.
std::vector<std::vector<Bytes>> cut(const Graph& graph, const std::vector<Bytes>& whole) {
  std::vector<std::vector<Bytes>> samples;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    const auto size = static_cast<std::size_t>(tensor.bytes());
    const std::size_t count = whole[i].size() / size;
    if (i == 0) samples.resize(count);
    if (count != samples.size())
      throw Error(fmt::format("input '{}' has {} samples, the first has {}", tensor.name, count, samples.size()));
    for (std::size_t s = 0; s < count; ++s) {
      samples[s].emplace_back(whole[i].begin() + static_cast<std::ptrdiff_t>(s * size),
                              whole[i].begin() + static_cast<std::ptrdiff_t>((s + 1) * size));
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
                  fmt::format("name it '{}', 'x{}'{}; the file has: {}", tensor.name, i,
                              graph.inputs.size() == 1 ? " or 'x'" : "", fmt::join(names, ", ")));
    }
    whole.push_back(with_context(fmt::format("array '{}'", found->first), [&] { return convert_to(found->second, tensor); }));
  }
  Samples samples{cut(graph, whole), {}, {}};
  if (const auto labels = arrays.find("y"); labels != arrays.end() && labels->second.descr[1] != 'f') {
    for (std::int64_t i = 0; i < labels->second.elements(); ++i)
      samples.labels.push_back(static_cast<std::int32_t>(number_at(labels->second, i)));
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

/// A number with a point or an exponent, infinity or nan.
bool is_real(std::string_view cell) { return cell.find_first_of(".eEnN") != std::string_view::npos; }

struct Cell {
  std::string_view text;
  std::optional<double> number;
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find_first_of(",;", begin), line.size());
    const std::string_view text = line.substr(begin, end - begin);
    cells.push_back({text, parse_number(text)});
    begin = end + 1;
  }
  return cells;
}

/// The numbers of a row; Error when there is anything else.
void append_row(const std::vector<Cell>& cells, int line, const Tensor& tensor, std::vector<double>& values) {
  constexpr double kLargestInteger = 9007199254740992.0;  // all below are exact in double
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].number) throw Error(fmt::format("line {}, column {}: '{}' is no number", line, i + 1, cells[i].text));
    if (!is_real(cells[i].text) && std::abs(*cells[i].number) > kLargestInteger) {
      throw Error(fmt::format("line {}, column {}: '{}' is too large", line, i + 1, cells[i].text));
    }
    values.push_back(*cells[i].number);
  }
  if (static_cast<std::int64_t>(cells.size()) != tensor.elements()) {
    throw Error(
        fmt::format("line {} has {} numbers, the input '{}' takes {}", line, cells.size(), tensor.name, tensor.elements()));
  }
}

/// A first line without any number is a heading. One real number makes all of the file real; otherwise they are stored values.
Samples from_csv(std::string_view text, const Graph& graph) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const Tensor& tensor = only_input(graph, ".csv");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  bool real = false;
  std::vector<double> values;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::vector<Cell> cells = cells_of(line);
    const bool heading =
        number == 1 && std::none_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.number.has_value(); });
    if (heading) continue;
    append_row(cells, number, tensor, values);
    real = real || std::any_of(cells.begin(), cells.end(), [](const Cell& cell) { return is_real(cell.text); });
  }
  NpyArray array{real ? "<f8" : "<i8", {static_cast<std::int64_t>(values.size())}, {}};
  array.bytes.resize(values.size() * 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t whole = real ? 0 : static_cast<std::int64_t>(values[i]);
    std::memcpy(&array.bytes[8 * i], real ? static_cast<const void*>(&values[i]) : &whole, 8);
  }
  return {cut(graph, {convert_to(array, tensor)}), {}, {}};
}

Samples from_bin(std::span<const std::uint8_t> bytes, const Graph& graph) {
  std::size_t size = 0;
  for (const TensorId id : graph.inputs) size += static_cast<std::size_t>(graph.tensor(id).bytes());
  if (size == 0 || bytes.empty() || bytes.size() % size != 0) {
    throw Error(fmt::format("{} bytes; one sample takes {}", bytes.size(), size));
  }
  Samples samples;
  for (auto at = bytes.begin(); at != bytes.end();) {
    samples.inputs.emplace_back();
    for (const TensorId id : graph.inputs) {
      samples.inputs.back().push_back(from_file_order({at, at + graph.tensor(id).bytes()}, graph.tensor(id)));
      at += graph.tensor(id).bytes();
    }
  }
  return samples;
}

}  // namespace

Samples parse_samples(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph) {
  if (ending == ".npz") return from_npz(parse_npz(bytes), graph);
  if (ending == ".npy") return {cut(graph, {convert_to(parse_npy(bytes), only_input(graph, ".npy"))}), {}, {}};
  if (ending == ".csv") return from_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, graph);
  if (ending == ".bin") return from_bin(bytes, graph);
  throw Error(fmt::format("'{}' is no known ending for input data", ending), "known: .npy, .npz, .csv, .bin");
}

Samples read_samples(const std::filesystem::path& path, const Graph& graph) {
  const Bytes bytes = read_file(path);
  return with_context(path.string(), [&] { return parse_samples(bytes, path.extension().string(), graph); });
}

}  // namespace mote
