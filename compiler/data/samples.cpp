#include "data/samples.hpp"

#include <fmt/ranges.h>

#include "data/file_order.hpp"
#include "data/folder.hpp"
#include "data/input_array.hpp"
#include "data/labels.hpp"
#include "data/recording.hpp"
#include "data/samples_csv.hpp"
#include "data/convert.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

using Arrays = std::map<std::string, NpyArray>;

std::string names_of(const Arrays& arrays) {
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) names.push_back(name);
  return fmt::format("the file has: {}", fmt::join(names, ", "));
}

/// Where the numbers of the array "case" change, a recording begins.
std::vector<bool> starts_of_cases(const NpyArray& cases, std::size_t samples) {
  if (cases.elements() != static_cast<std::int64_t>(samples))
    throw Error(fmt::format("array 'case' has {} numbers for {} samples", cases.elements(), samples));
  std::vector<bool> starts;
  for (std::int64_t i = 0; i < cases.elements(); ++i) starts.push_back(i == 0 || number_at(cases, i) != number_at(cases, i - 1));
  return starts;
}

void take_answers(Samples& samples, const Arrays& arrays, const Graph& graph, const DataOptions& options) {
  if (options.labels.size() > 1) throw Error("the answers of a .npz are one array", "give --label once");
  const std::string name = options.labels.empty() ? "y" : options.labels[0];
  const auto found = arrays.find(name);
  if (found == arrays.end()) {
    if (!options.labels.empty()) throw Error(fmt::format("there is no array '{}'", name), names_of(arrays));
    return;
  }
  with_context(fmt::format("array '{}'", name), [&] { set_answers(samples, found->second, graph); });
}

Samples from_npz(const Arrays& arrays, const Graph& graph, const DataOptions& options) {
  std::vector<Bytes> whole;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    auto found = arrays.find(tensor.name);
    if (found == arrays.end()) found = arrays.find(fmt::format("x{}", i));
    if (found == arrays.end() && graph.inputs.size() == 1) found = arrays.find("x");
    if (found == arrays.end()) {
      throw Error(fmt::format("no array for input {} ('{}')", i, tensor.name),
                  fmt::format("name it '{}', 'x{}'{}; {}", tensor.name, i, graph.inputs.size() == 1 ? " or 'x'" : "", names_of(arrays)));
    }
    whole.push_back(with_context(fmt::format("array '{}'", found->first), [&] { return input_bytes(found->second, tensor, options); }));
  }
  Samples samples;
  samples.inputs = cut_into_samples(graph, whole);
  if (const auto names = arrays.find("class_names"); names != arrays.end()) samples.class_names = strings_of(names->second);
  take_answers(samples, arrays, graph, options);
  if (const auto cases = arrays.find("case"); cases != arrays.end())
    samples.starts_case = starts_of_cases(cases->second, samples.inputs.size());
  return samples;
}

Samples from_npy(const NpyArray& array, const Graph& graph, const DataOptions& options) {
  Samples samples;
  samples.inputs = cut_into_samples(graph, {input_bytes(array, only_input(graph, "a .npy file"), options)});
  return samples;
}

Samples from_bin(std::span<const std::uint8_t> bytes, const Graph& graph, const DataOptions& options) {
  if (options.rescales()) throw Error("a .bin file holds the bytes that the model takes: they are not rescaled", "use a .npy file");
  std::size_t size = 0;
  for (const TensorId id : graph.inputs) size += static_cast<std::size_t>(graph.tensor(id).bytes());
  if (size == 0 || bytes.empty() || bytes.size() % size != 0) {
    throw Error(fmt::format("{} bytes; one sample takes {}", bytes.size(), size));
  }
  Samples samples;
  for (auto at = bytes.begin(); at != bytes.end();) {
    samples.inputs.emplace_back();
    for (const TensorId id : graph.inputs) {
      const Tensor& tensor = graph.tensor(id);
      samples.inputs.back().push_back(from_file_order({at, at + tensor.bytes()}, tensor));
      at += tensor.bytes();
    }
  }
  return samples;
}

}  // namespace

const Tensor& only_input(const Graph& graph, std::string_view kind) {
  if (graph.inputs.size() == 1) return graph.tensor(graph.inputs[0]);
  throw Error(fmt::format("the model has {} inputs, {} holds one", graph.inputs.size(), kind), "use a .npz with an array per input");
}

std::vector<std::vector<Bytes>> cut_into_samples(const Graph& graph, const std::vector<Bytes>& whole) {
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

Samples parse_samples(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph, const DataOptions& options) {
  if (ending == ".npz") return from_npz(parse_npz(bytes), graph, options);
  if (ending == ".npy") return from_npy(parse_npy(bytes), graph, options);
  if (ending == ".csv") return samples_from_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, graph, options);
  if (ending == ".bin") return from_bin(bytes, graph, options);
  throw Error(fmt::format("'{}' is no known ending for input data", ending),
              "known: .npy, .npz, .csv, .bin, or a directory with a folder of images or sounds per class");
}

Samples read_samples(const std::filesystem::path& path, const Graph& graph, const DataOptions& options) {
  return with_context(path.string(), [&] {
    const bool is_directory = std::filesystem::is_directory(path);
    if (graph.source && (is_directory || is_recording(path.extension().string()))) {
      // An array of hops is no recording: it has an axis for them.
      const bool hops = path.extension() == ".npy" && parse_npy(read_file(path)).shape.size() > 2;
      if (!hops) return samples_from_recordings(path, graph, options);
    }
    if (is_directory) return samples_from_folder(path, graph, options);
    const Bytes bytes = read_file(path);
    return parse_samples(bytes, path.extension().string(), graph, options);
  });
}

}  // namespace mote
