#include "report/shortage_report.hpp"

#include <algorithm>
#include <cmath>

#include "report/front_report.hpp"
#include "report/memory_map.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string_view who(Remedy::By by) {
  switch (by) {
    case Remedy::By::kOptions:
      return "";
    case Remedy::By::kProgram:
      return "changes the program";
    case Remedy::By::kTraining:
      return "needs training or data";
    case Remedy::By::kBoard:
      return "another board";
  }
  return "";
}

std::string signed_text(double value) { return (value > 0 ? "+" : "") + grouped(std::llround(value)); }

/// Cycles added, and the time where the target has a clock.
std::string added_text(double cycles, const Target& target, std::string_view unit = "") {
  std::string text = signed_text(cycles) + std::string(unit);
  if (target.clock_hz > 0) text += fmt::format(" ({:+.2f} ms)", 1e3 * cycles / target.clock_hz);
  return text;
}

struct LayerFlash {
  std::string layer, implementation;
  std::int64_t table_bytes = 0;
};

/// The layers with the most bytes of tables.
std::vector<LayerFlash> largest_tables(const Plan& plan) {
  std::vector<LayerFlash> layers;
  for (const Step& step : plan.steps) {
    LayerFlash layer{plan.graph.nodes[step.node].name, step.implementation};
    for (const PackedConstant& constant : step.call.constants)
      layer.table_bytes += static_cast<std::int64_t>(constant.bytes.size());
    layers.push_back(std::move(layer));
  }
  std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) { return a.table_bytes > b.table_bytes; });
  constexpr std::size_t kMost = 5;
  layers.resize(std::min(layers.size(), kMost));
  return layers;
}

std::string flash_text(const Plan& plan) {
  std::vector<std::vector<std::string>> rows{{"tables", "largest tables of", "as"}};
  for (const LayerFlash& each : largest_tables(plan))
    rows.push_back({grouped(each.table_bytes), each.layer, each.implementation});
  return fmt::format("tables {} bytes, code about {} bytes\n\n{}", grouped(plan.constant_bytes()),
                     grouped(plan.predicted_code_bytes), format_table(rows));
}

/// What makes the least plan other than the fastest.
std::string least_text(const Shortage& shortage) {
  const Costs fastest = costs_of(shortage.fastest), nearest = costs_of(shortage.nearest);
  if (shortage.bytes(nearest) >= shortage.bytes(fastest)) return "";
  const std::size_t by_rows = layers_by_rows(shortage.nearest);
  const std::string how =
      by_rows > 0 ? fmt::format("running {} of {} layers a few rows at a time", by_rows, shortage.nearest.steps.size())
                  : "other implementations of some layers";
  return fmt::format("already in the least plan: {} saves {} bytes for {}\n\n", how,
                     grouped(shortage.bytes(fastest) - shortage.bytes(nearest)),
                     added_text(nearest.cycles - fastest.cycles, shortage.nearest.target, " cycles"));
}

/// On another board milliseconds and cycles are not this one's.
std::string remedies_text(const Shortage& shortage) {
  if (shortage.remedies.empty()) return "nothing that mote knows makes it take less: the model must become smaller\n";
  const std::string short_of = shortage.of_ram ? "RAM" : "flash";
  const Costs nearest = costs_of(shortage.nearest);
  std::vector<std::vector<std::string>> rows{{"", short_of, "saved", "cycles added", "fits", "options", "what", ""}};
  int number = 0;
  for (const Remedy& each : shortage.remedies) {
    const bool is_board = each.by == Remedy::By::kBoard;
    rows.push_back({fmt::format("{}", ++number), grouped(shortage.bytes(each.costs)),
                    is_board ? "" : grouped(shortage.bytes(nearest) - shortage.bytes(each.costs)),
                    is_board ? "" : added_text(each.costs.cycles - nearest.cycles, shortage.nearest.target),
                    each.fits ? "yes" : "no", each.options, each.what, std::string(who(each.by))});
  }
  return fmt::format("remedies, each planned, against the least plan; the most saved per cycle added first:\n{}",
                     format_table(rows));
}

Json costs_json(const Costs& costs) {
  return {{"ram_bytes", costs.ram_bytes}, {"flash_bytes", costs.flash_bytes}, {"cycles", costs.cycles}};
}

}  // namespace

std::string shortage_text(const Shortage& shortage) {
  const Costs fastest = costs_of(shortage.fastest), nearest = costs_of(shortage.nearest);
  const Target& target = shortage.nearest.target;
  std::string text =
      fmt::format("the model does not fit {} bytes of {}: the fastest plan takes {} ({}), the least is {} ({})\n",
                  grouped(shortage.budget_bytes), shortage.of_ram ? "RAM" : "flash", grouped(shortage.bytes(fastest)),
                  time_text(fastest.cycles, target), grouped(shortage.bytes(nearest)), time_text(nearest.cycles, target));
  text += shortage.of_ram ? peak_text(shortage.nearest) : flash_text(shortage.nearest);
  return text + "\n" + least_text(shortage) + remedies_text(shortage);
}

Json shortage_json(const Shortage& shortage) {
  const Costs nearest = costs_of(shortage.nearest);
  Json json{{"fits", false},
            {"short_of", shortage.of_ram ? "ram" : "flash"},
            {"budget_bytes", shortage.budget_bytes},
            {"fastest", costs_json(costs_of(shortage.fastest))},
            {"least", costs_json(nearest)},
            {"peak", peak_json(shortage.nearest)}};
  json["largest_tables"] = Json::array();
  for (const LayerFlash& each : largest_tables(shortage.nearest))
    json["largest_tables"].push_back(
        {{"layer", each.layer}, {"implementation", each.implementation}, {"bytes", each.table_bytes}});
  json["remedies"] = Json::array();
  for (const Remedy& each : shortage.remedies) {
    Json row{{"what", each.what}, {"options", each.options}, {"who", who(each.by)}, {"fits", each.fits}};
    row.update(costs_json(each.costs));
    if (each.by != Remedy::By::kBoard) {
      row["saved_bytes"] = shortage.bytes(nearest) - shortage.bytes(each.costs);
      row["cycles_added"] = each.costs.cycles - nearest.cycles;
    }
    json["remedies"].push_back(std::move(row));
  }
  return json;
}

}  // namespace mote
