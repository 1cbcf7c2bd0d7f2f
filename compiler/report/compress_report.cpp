#include "report/compress_report.hpp"

#include "report/quantize_report.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string less(std::int64_t before, std::int64_t after) {
  return before == 0 ? "" : fmt::format("{:.1f} %", 100 * (1 - static_cast<double>(after) / static_cast<double>(before)));
}

std::string layer_rows(const PruneResult& pruned) {
  std::vector<std::vector<std::string>> rows{{"layer", "operator", "channels", "left", "MACs", "left", "weights", "left", "error"}};
  for (const PrunedLayer& layer : pruned.layers) {
    rows.push_back({layer.name, layer.op, std::to_string(layer.channels_before), std::to_string(layer.channels), grouped(layer.macs_before),
                    grouped(layer.macs), grouped(layer.weights_before), grouped(layer.weights),
                    layer.error ? fmt::format("{:.2f} %", 100 * *layer.error) : ""});
  }
  return format_table(rows);
}

}  // namespace

Json compress_json(const CompressResult& result) {
  Json json{{"original", quality_json(result.quantized.exact)}, {"compressed", quality_json(result.quantized.quality)},
            {"measure", drop_measure(result.quantized.exact)},
            {"drop", drop_of(result.quantized.quality, result.quantized.exact)},
            {"samples", result.quantized.samples},
            {"tests", result.quantized.tests},
            {"notes", result.quantized.notes}};
  if (!result.pruned) return json;
  const PruneResult& pruned = *result.pruned;
  Json part{{"samples", pruned.samples},
            {"macs_before", pruned.macs_before},
            {"macs", pruned.macs},
            {"weights_before", pruned.weights_before},
            {"weights", pruned.weights},
            {"layers", Json::array()}};
  part.update(quality_json(result.after_pruning));
  part["drop"] = drop_of(result.after_pruning, result.quantized.exact);
  for (const PrunedLayer& layer : pruned.layers) {
    Json row{{"layer", layer.name},           {"operator", layer.op}, {"channels_before", layer.channels_before}, {"channels", layer.channels},
             {"macs_before", layer.macs_before}, {"macs", layer.macs},   {"weights_before", layer.weights_before},   {"weights", layer.weights}};
    if (layer.error) row["error"] = *layer.error;
    part["layers"].push_back(std::move(row));
  }
  json["pruned"] = std::move(part);
  return json;
}

std::string compress_text(const CompressResult& result) {
  std::string text;
  if (result.pruned) {
    const PruneResult& pruned = *result.pruned;
    text += fmt::format("fitted on {} samples; error: what is left of each layer's outputs differs by that share of their spread\n\n{}\n",
                        pruned.samples, layer_rows(pruned));
    text += fmt::format("MACs {} -> {} ({} less), weights {} -> {} ({} less)\n", grouped(pruned.macs_before), grouped(pruned.macs),
                        less(pruned.macs_before, pruned.macs), grouped(pruned.weights_before), grouped(pruned.weights),
                        less(pruned.weights_before, pruned.weights));
  }
  for (const std::string& note : result.quantized.notes) text += fmt::format("note: {}\n", note);
  if (result.quantized.exact.accuracy) text += fmt::format("original: accuracy {:.2f} %\n", 100 * *result.quantized.exact.accuracy);
  if (result.pruned) text += fmt::format("pruned: {}\n", quality_text(result.after_pruning));
  text += fmt::format("quantized: {}\n", quality_text(result.quantized.quality));
  return text + fmt::format("drop of {}: {:.2f} %, on {} samples\n", drop_measure(result.quantized.exact),
                            100 * drop_of(result.quantized.quality, result.quantized.exact), result.quantized.tests);
}

}  // namespace mote
