#include "report/search_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "support/table.hpp"

namespace mote {

namespace {

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::string speed(const Cost& cost) {
  return cost.milliseconds ? fmt::format("{:.3g} ms", *cost.milliseconds) : fmt::format("{} cycles", grouped(std::llround(cost.cycles)));
}

/// Forms by how many layers have them: "int4 x 3, 2:4".
std::string forms_text(const WantedForms& forms) {
  std::vector<std::pair<std::string, int>> counts;
  for (const auto& [layer, form] : forms) {
    const std::string name = weight_form_name(form);
    const auto known = std::find_if(counts.begin(), counts.end(), [&](const auto& each) { return each.first == name; });
    known == counts.end() ? void(counts.emplace_back(name, 1)) : void(++known->second);
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(count == 1 ? name : fmt::format("{} x {}", count, name));
  return parts.empty() ? "int8" : fmt::format("{}", fmt::join(parts, ", "));
}

bool is_chosen(const SearchResult& result, const FrontPoint& point) {
  return result.chosen.recipe == point.recipe;
}

std::string front_table(const SearchResult& result) {
  std::vector<std::vector<std::string>> rows{{"MACs pruned", "weights", "trained", "flash", "RAM", "time", "drop", ""}};
  for (const FrontPoint& point : result.front)
    rows.push_back({percent(point.recipe.pruned), forms_text(point.recipe.forms), point.recipe.training, grouped(point.plan.cost.flash_bytes),
                    grouped(point.plan.cost.ram_bytes), speed(point.plan.cost), percent(point.drop), is_chosen(result, point) ? "<" : ""});
  return format_table(rows);
}

/// What was saved, with its sign; nothing where nothing was.
std::string saved(double value) {
  const std::int64_t whole = std::llround(value);
  return whole == 0 ? "" : grouped(-whole);
}

std::string layer_table(const SearchResult& result) {
  std::vector<std::vector<std::string>> rows{
      {"layer", "weights", "runs as", "MACs", "flash", "by pruning", "by form", "cycles", "by pruning", "by form", "error of its sums"}};
  for (const LayerPlan& layer : result.layers)
    rows.push_back({layer.layer, layer.form, layer.implementation, grouped(layer.macs), grouped(layer.costs.flash_bytes),
                    saved(static_cast<double>(layer.saved_by_pruning.flash_bytes)), saved(static_cast<double>(layer.saved_by_form.flash_bytes)),
                    grouped(std::llround(layer.costs.cycles)), saved(layer.saved_by_pruning.cycles), saved(layer.saved_by_form.cycles),
                    layer.error ? percent(*layer.error) : ""});
  return format_table(rows);
}

Json cost_json(const Cost& cost) {
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  return {{"flash_bytes", cost.flash_bytes},
          {"ram_bytes", cost.ram_bytes},
          {"cycles", cost.cycles},
          {"milliseconds", or_null(cost.milliseconds)},
          {"millijoules", or_null(cost.millijoules)}};
}

Json layer_costs_json(const LayerCosts& costs) { return {{"flash_bytes", costs.flash_bytes}, {"cycles", costs.cycles}}; }

Json point_json(const FrontPoint& point) {
  Json forms = Json::object();
  for (const auto& [layer, form] : point.recipe.forms) forms[layer] = weight_form_name(form);
  Json json{{"pruned", point.recipe.pruned}, {"weights", forms}, {"training", point.recipe.training}, {"drop", point.drop}};
  json.update(cost_json(point.plan.cost));
  return json;
}

}  // namespace

std::string compile_options_text(const SearchResult& result, const SearchOptions& options) {
  std::string text = options.target.board.empty() ? fmt::format("-t {}", options.target.name) : fmt::format("--board {}", options.target.board);
  if (result.chosen.plan.flash_limit) text += fmt::format(" --flash {}", *result.chosen.plan.flash_limit);
  if (result.chosen.plan.ram_limit) text += fmt::format(" --ram {}", *result.chosen.plan.ram_limit);
  return text;
}

std::string search_text(const SearchResult& result, const SearchOptions& options) {
  std::string text = fmt::format("{} models looked at{}; those that no other beats in flash, RAM, time and drop at once (predicted):\n{}\n",
                                 result.looked_at, result.interrupted ? " before the search was stopped" : "", front_table(result));
  text += fmt::format("{}: {}\n{}\n", result.held ? "chosen" : "nothing keeps to all limits; the nearest is", recipe_text(result.chosen.recipe),
                      layer_table(result));
  text += "flash: tables and code, what layers share counted in each; by: against the original in plain int8 in its fastest form (predicted)\n\n";
  const Cost& cost = result.chosen.plan.cost;
  text += fmt::format("measured on the emulated {}: {} bytes of flash, {} bytes of RAM (stack included), {}{}\n", options.target.core,
                      grouped(cost.flash_bytes), grouped(cost.ram_bytes), speed(cost),
                      cost.millijoules ? fmt::format(", {:.3g} mJ", *cost.millijoules) : "");
  text += fmt::format("drop of {}: {}\n", drop_measure(result.compressed.quality), percent(result.chosen.drop));
  for (const std::string& shortfall : result.shortfalls) text += fmt::format("not kept: {}\n", shortfall);
  return text;
}

Json search_json(const SearchResult& result, const SearchOptions& options) {
  Json json{{"looked_at", result.looked_at}, {"interrupted", result.interrupted}, {"held", result.held}, {"front", Json::array()}};
  for (const FrontPoint& point : result.front) json["front"].push_back(point_json(point));
  json["chosen"] = point_json(result.chosen);
  json["compile_options"] = compile_options_text(result, options);
  json["measured"] = cost_json(result.chosen.plan.cost);
  json["not_kept"] = result.shortfalls;
  json["layers"] = Json::array();
  for (const LayerPlan& layer : result.layers)
    json["layers"].push_back({{"layer", layer.layer},
                              {"operator", layer.op},
                              {"implementation", layer.implementation},
                              {"macs", layer.macs},
                              {"weights", layer.form},
                              {"table_bytes", layer.table_bytes},
                              {"flash_bytes", layer.costs.flash_bytes},
                              {"cycles", layer.costs.cycles},
                              {"saved_by_pruning", layer_costs_json(layer.saved_by_pruning)},
                              {"saved_by_form", layer_costs_json(layer.saved_by_form)},
                              {"error", layer.error ? Json(*layer.error) : Json()}});
  return json;
}

}  // namespace mote
