#include "report/quantize_report.hpp"

#include <algorithm>
#include <cmath>

#include "support/table.hpp"

namespace mote {

namespace {

std::string decibels(double value) { return std::isfinite(value) ? fmt::format("{:.1f}", value) : "exact"; }

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

/// The most costly layer first.
std::string cost_table(const std::vector<LayerCost>& costs) {
  std::vector<LayerCost> sorted = costs;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LayerCost& a, const LayerCost& b) { return a.quality.sqnr_db < b.quality.sqnr_db; });
  const bool decides = !sorted.empty() && sorted[0].quality.agreement.has_value();
  const bool labelled = !sorted.empty() && sorted[0].quality.accuracy.has_value();
  std::vector<std::vector<std::string>> rows{{"alone as integers", "operator", "SQNR dB", "mean error"}};
  if (decides) rows[0].emplace_back("decisions changed");
  if (labelled) rows[0].emplace_back("accuracy");
  for (const LayerCost& cost : sorted) {
    std::vector<std::string> row{cost.name, cost.op, decibels(cost.quality.sqnr_db),
                                 fmt::format("{:.3g}", cost.quality.mean_abs_error)};
    if (decides) row.push_back(percent(1 - *cost.quality.agreement));
    if (labelled) row.push_back(percent(*cost.quality.accuracy));
    rows.push_back(std::move(row));
  }
  return format_table(rows);
}

}  // namespace

Json quality_json(const Quality& quality) {
  Json json{{"sqnr_db", std::isfinite(quality.sqnr_db) ? Json(quality.sqnr_db) : Json()},
            {"mean_abs_error", quality.mean_abs_error},
            {"relative_error", quality.relative_error}};
  if (quality.agreement) json["agreement"] = *quality.agreement;
  if (quality.accuracy) json["accuracy"] = *quality.accuracy;
  return json;
}

std::string quality_text(const Quality& quality) {
  std::string text = fmt::format("SQNR {} dB, mean error {:.3g}", decibels(quality.sqnr_db), quality.mean_abs_error);
  if (quality.agreement) text += fmt::format(", {} of the float model's decisions", percent(*quality.agreement));
  if (quality.accuracy) text += fmt::format(", accuracy {}", percent(*quality.accuracy));
  return text;
}

Json quantize_json(const QuantizeResult& result) {
  Json json{{"samples", result.samples},
            {"tests", result.tests},
            {"folded_scalings", result.folded_scalings},
            {"equalized_pairs", result.equalized_pairs},
            {"measure", drop_measure(result.quality)},
            {"drop", drop_of(result.quality, result.exact)},
            {"float", quality_json(result.exact)},
            {"quantized", quality_json(result.quality)}};
  if (!result.kept.empty()) {
    json["without_kept_layers"] = quality_json(result.uniform);
    for (const KeptLayer& kept : result.kept)
      json["kept"].push_back({{"layer", kept.name}, {"precision", precision_name(kept.precision)}});
  }
  json["layers"] = Json::array();
  for (const LayerCost& cost : result.costs) {
    Json row{{"layer", cost.name}, {"operator", cost.op}};
    row.update(quality_json(cost.quality));
    json["layers"].push_back(std::move(row));
  }
  for (const RoundingGain& gain : result.rounding) {
    json["rounding"].push_back(
        {{"layer", gain.layer}, {"nearest_error", gain.nearest_error}, {"learned_error", gain.learned_error}});
  }
  json["notes"] = result.notes;
  return json;
}

std::string quantize_text(const QuantizeResult& result) {
  std::string text = fmt::format(
      "learned from {} samples, measured on {}; {} scalings folded, {} pairs of layers equalized\n",
      result.samples, result.tests, result.folded_scalings, result.equalized_pairs);
  for (const std::string& note : result.notes) text += fmt::format("note: {}\n", note);
  if (!result.costs.empty()) text += "\n" + cost_table(result.costs) + "\n";
  double before = 0;
  double after = 0;
  for (const RoundingGain& gain : result.rounding) {
    before += gain.nearest_error > 0 ? 1 : 0;
    after += gain.nearest_error > 0 ? gain.learned_error / gain.nearest_error : 0;
  }
  if (before > 0)
    text += fmt::format("learned rounding left {} of the squared error of layers, on data it did not learn from\n",
                        percent(after / before));
  if (result.exact.accuracy) text += fmt::format("float model: accuracy {}\n", percent(*result.exact.accuracy));
  if (!result.kept.empty()) {
    text += fmt::format("all layers alike: {}\n", quality_text(result.uniform));
    for (const KeptLayer& kept : result.kept)
      text += fmt::format("  kept in {}: {}\n", precision_name(kept.precision), kept.name);
  }
  text += fmt::format("quantized: {}\n", quality_text(result.quality));
  return text + fmt::format("drop of {}: {}\n", drop_measure(result.quality), percent(drop_of(result.quality, result.exact)));
}

}  // namespace mote
