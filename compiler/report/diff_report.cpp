#include "report/diff_report.hpp"

#include <algorithm>
#include <cmath>

#include "support/table.hpp"

namespace mote {

namespace {

/// A number that a person reads; more digits say nothing.
std::string brief(double value) { return fmt::format("{:.4g}", value); }

std::string tensor_of(const LayerDifference& layer) {
  return layer.tensor_a == layer.tensor_b ? layer.tensor_b : fmt::format("{} | {}", layer.tensor_a, layer.tensor_b);
}

/// Names of some exporters are paths of everything that was fused; the end says most.
std::string shortened(const std::string& name) {
  constexpr std::size_t kLongest = 40;
  return name.size() <= kLongest ? name : "..." + name.substr(name.size() - (kLongest - 3));
}

/// JSON has no infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json value_json(const ValuePair& value) {
  return {{"inference", value.inference}, {"index", value.index}, {"a", number(value.a)}, {"b", number(value.b)}};
}

Json deviation_json(const Deviation& deviation) {
  Json json{{"values", deviation.values},
            {"differing", deviation.differing},
            {"saturated", deviation.saturated},
            {"max_abs", number(deviation.max_abs)},
            {"rms", number(deviation.rms)},
            {"signal_to_noise_db", number(deviation.signal_to_noise_db)},
            {"within", deviation.within},
            {"worst", value_json(deviation.worst)}};
  if (deviation.first_bad) json["first_bad"] = value_json(*deviation.first_bad);
  return json;
}

Json layer_json(const LayerDifference& layer) {
  Json json{{"operator", layer.op},
            {"name", layer.node},
            {"tensor_a", layer.tensor_a},
            {"tensor_b", layer.tensor_b},
            {"type_a", type_name(layer.type_a)},
            {"type_b", type_name(layer.type_b)},
            {"shape", layer.shape},
            {"step", layer.step},
            {"allowed", number(layer.allowed)},
            {"within", layer.judged().within},
            {"total", deviation_json(layer.total)}};
  if (layer.alone) json["alone"] = deviation_json(*layer.alone);
  return json;
}

/// The index along each axis.
std::string place_in(const Shape& shape, std::size_t index) {
  std::vector<std::size_t> at(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    at[i] = index % static_cast<std::size_t>(shape[i]);
    index /= static_cast<std::size_t>(shape[i]);
  }
  return fmt::format("[{}]", fmt::join(at, ", "));
}

std::string in_steps(double difference, const LayerDifference& layer) {
  return layer.step > 0 ? fmt::format(" ({} steps of {})", brief(difference / layer.step), brief(layer.step)) : "";
}

std::string value_text(const ValuePair& value, const LayerDifference& layer) {
  const double difference = std::abs(value.a - value.b);
  return fmt::format("inference {}, element {} {}: {} in A, {} in B; apart by {}{}", value.inference, value.index,
                     place_in(layer.shape, value.index), value.a, value.b, brief(difference), in_steps(difference, layer));
}

std::string divergence_text(const LayerDifference& layer) {
  const Deviation& deviation = layer.judged();
  std::string text = fmt::format("first layer that leaves the tolerance: {} '{}', {} {}\n  tensor {}\n", layer.op, layer.node,
                                 type_name(layer.type_b), to_string(layer.shape), tensor_of(layer));
  text += fmt::format("  allowed: {}{}{}\n", brief(layer.allowed), in_steps(layer.allowed, layer),
                      layer.alone ? ", when both are given the same before this layer" : "");
  if (deviation.first_bad) {
    text += fmt::format("  first: {}\n", value_text(*deviation.first_bad, layer));
    text += fmt::format("  worst: {}\n", value_text(deviation.worst, layer));
  }
  text += fmt::format("  {} of {} values differ", grouped(deviation.differing), grouped(deviation.values));
  if (deviation.saturated > 0) {
    text += fmt::format("; {} stand at the end of their type while the other side goes on: the scale is too small for this data",
                        grouped(deviation.saturated));
  }
  return text + "\n";
}

std::string steps_text(double difference, const LayerDifference& layer) {
  return layer.step > 0 ? fmt::format("{:.2f}", difference / layer.step) : "-";
}

}  // namespace

Json diff_json(const DiffResult& result) {
  Json json{{"a", result.a},
            {"b", result.b},
            {"inferences", result.inferences},
            {"tensors_a", result.tensors_a},
            {"tensors_b", result.tensors_b},
            {"tolerance", {{"steps", result.tolerance.steps}, {"relative", result.tolerance.relative}}},
            {"layers", Json::array()},
            {"first_divergence", nullptr}};
  for (const LayerDifference& layer : result.layers) json["layers"].push_back(layer_json(layer));
  if (const LayerDifference* first = first_divergence(result.layers)) json["first_divergence"] = layer_json(*first);
  return json;
}

std::string diff_text(const DiffResult& result) {
  const bool alone = std::any_of(result.layers.begin(), result.layers.end(), [](const LayerDifference& layer) { return layer.alone.has_value(); });
  std::vector<std::vector<std::string>> rows{{"", "operator", "tensor", "shape", "differ", "max abs", "RMS", "SNR dB", "steps", "saturated"}};
  if (alone) rows[0].insert(rows[0].end(), {"max abs alone", "steps alone"});
  for (const LayerDifference& layer : result.layers) {
    const Deviation& total = layer.total;
    rows.push_back({layer.judged().within ? "" : "!", layer.op, shortened(layer.tensor_b), to_string(layer.shape), grouped(total.differing),
                    brief(total.max_abs), brief(total.rms),
                    std::isfinite(total.signal_to_noise_db) ? fmt::format("{:.1f}", total.signal_to_noise_db) : "-",
                    steps_text(total.max_abs, layer), total.saturated > 0 ? grouped(total.saturated) : "-"});
    if (layer.alone) rows.back().insert(rows.back().end(), {brief(layer.alone->max_abs), steps_text(layer.alone->max_abs, layer)});
  }
  std::string text = fmt::format("A: {}\nB: {}\n{} inferences; {} layers compared", result.a, result.b, result.inferences, result.layers.size());
  if (result.tensors_b > 0) text += fmt::format(" of {} in A and {} in B", result.tensors_a, result.tensors_b);
  text += "\n\n" + format_table(rows) + "\n";
  const LayerDifference* first = first_divergence(result.layers);
  return text + (first == nullptr ? "every layer is within the tolerance\n" : divergence_text(*first));
}

}  // namespace mote
