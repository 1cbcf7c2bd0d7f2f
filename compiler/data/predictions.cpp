#include "data/predictions.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "data/file_order.hpp"
#include "data/model_outputs.hpp"

namespace mote {

namespace {

std::string class_name(const Samples& samples, std::int32_t index) {
  const auto i = static_cast<std::size_t>(index);
  return index >= 0 && i < samples.class_names.size() ? samples.class_names[i] : fmt::format("class {}", index);
}

}  // namespace

std::vector<double> real_tensor_values(const Tensor& tensor, const Bytes& bytes) {
  const NpyArray array = to_array(tensor, {tensor.elements()}, bytes);
  const bool quantized = !is_float(tensor.type) && !tensor.quantization.empty();
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(tensor.elements()));
  for (std::int64_t e = 0; e < tensor.elements(); ++e) {
    const double stored = number_at(array, e);
    values.push_back(quantized ? static_cast<double>(tensor.scale()) * (stored - tensor.zero_point()) : stored);
  }
  return values;
}

std::vector<std::vector<double>> real_values(const Graph& graph, const std::vector<Bytes>& outputs) {
  std::vector<std::vector<double>> result;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    result.push_back(real_tensor_values(tensor, to_file_order(outputs[i], tensor)));
  }
  return result;
}

std::string outputs_as_npy(const Graph& graph, const std::vector<std::vector<Bytes>>& outputs) {
  const Tensor& tensor = graph.tensor(graph.outputs[0]);
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(outputs.size())};
  const Shape of_one = file_shape(tensor);
  const bool batch_of_one = !of_one.empty() && of_one[0] == 1;
  shape.insert(shape.end(), of_one.begin() + (batch_of_one ? 1 : 0), of_one.end());
  Bytes all;
  for (const auto& each : outputs) all.insert(all.end(), each[0].begin(), each[0].end());
  return format_npy(to_array(tensor, std::move(shape), to_file_order(all, tensor)));
}

Predictions predict(const Graph& graph, const std::vector<std::vector<Bytes>>& outputs, const Samples& samples) {
  Predictions result;
  const Tensor& first = graph.tensor(graph.outputs[0]);
  const bool one_row = first.elements() >= 2 && first.elements() == (first.shape.empty() ? 1 : first.shape.back());
  result.is_classifier =
      graph.outputs.size() == 1 && one_row && ((!samples.labels.empty() && !samples.real_targets) || is_softmax(graph, graph.outputs[0]));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    result.values.push_back(real_values(graph, outputs[i])[0]);
    const auto& values = result.values.back();
    const auto best = std::max_element(values.begin(), values.end());
    result.classes.push_back(static_cast<std::int32_t>(best - values.begin()));
    result.scores.push_back(*best);
    if (samples.labels.empty()) continue;
    ++result.labelled;
    if (samples.labels[i] == result.classes.back()) ++result.correct;
  }
  return result;
}

std::string Predictions::text(const Samples& samples) const {
  constexpr std::size_t kLines = 50;
  constexpr std::size_t kValues = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(values.size(), kLines); ++i) {
    if (is_classifier) {
      text += fmt::format("{:>5}  {:<12} {:.3f}", i, class_name(samples, classes[i]), scores[i]);
      if (i < samples.labels.size()) {
        text += samples.labels[i] == classes[i] ? "  right"
                                                : fmt::format("  WRONG, it is {}", class_name(samples, samples.labels[i]));
      }
    } else {
      const auto& list = values[i];
      text +=
          fmt::format("{:>5}  {:.5g}{}", i,
                      fmt::join(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), kValues)), " "),
                      list.size() > kValues ? fmt::format(" ... ({} values)", list.size()) : "");
    }
    text += "\n";
  }
  if (values.size() > kLines) text += fmt::format("  ... and {} more\n", values.size() - kLines);
  if (labelled > 0 && is_classifier) text += fmt::format("accuracy {}/{} = {:.1f} %\n", correct, labelled, 100 * accuracy());
  return text;
}

}  // namespace mote
