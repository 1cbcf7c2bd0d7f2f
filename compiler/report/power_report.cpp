#include "report/power_report.hpp"

#include "report/hop_report.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string current_text(double microamperes) {
  return microamperes >= 1000 ? fmt::format("{:.3g} mA", microamperes / 1000) : fmt::format("{:.3g} uA", microamperes);
}

std::string life_text(double hours) {
  if (hours >= 24 * 365) return fmt::format("{:.3g} years", hours / (24 * 365));
  return hours >= 48 ? fmt::format("{:.3g} days", hours / 24) : fmt::format("{:.3g} hours", hours);
}

}  // namespace

std::optional<std::size_t> best_clock(const std::vector<std::optional<PowerEstimate>>& estimates) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    if (estimates[i] && (!best || estimates[i]->microamperes < estimates[*best]->microamperes)) best = i;
  }
  return best;
}

std::string power_text(const PowerFigures& figures) {
  std::string text;
  for (const PeriodicWork& each : figures.work) {
    text += fmt::format("{}: {} cycles every {}", each.name, grouped(static_cast<std::int64_t>(each.cycles)), duration_text(each.seconds));
    text += each.awake_share < 1 ? fmt::format(", awake {:.3g} % of the time\n", 100 * each.awake_share) : "\n";
  }
  std::vector<std::vector<std::string>> rows{{"clock", "nJ/cycle", "runs", "running", "asleep", "sensors", "in all", fmt::format("{:.6g} mAh last", figures.battery_milliampere_hours)}};
  for (std::size_t i = 0; i < figures.estimates.size(); ++i) {
    const ClockPoint& point = figures.supply.points[i];
    const std::string clock = fmt::format("{:.4g} MHz", point.clock_hz / 1e6);
    if (const auto& each = figures.estimates[i]) {
      rows.push_back({clock, fmt::format("{:.3g}", point.nanojoules_per_cycle), fmt::format("{:.3g} %", 100 * each->duty), current_text(each->run_microamperes),
                      current_text(each->sleep_microamperes), current_text(figures.supply.other_microamperes), current_text(each->microamperes),
                      life_text(each->battery_hours(figures.battery_milliampere_hours))});
    } else {
      rows.push_back({clock, fmt::format("{:.3g}", point.nanojoules_per_cycle), "too slow", "-", "-", "-", "-", "-"});
    }
  }
  text += "\n" + format_table(rows) + "\n";
  const auto best = best_clock(figures.estimates);
  text += best ? fmt::format("best clock: {:.4g} MHz\n", figures.supply.points[*best].clock_hz / 1e6) : "no clock is fast enough\n";
  text += fmt::format("Estimates: cycles from a model of the core; {} at {:.3g} V. Running: {}. Asleep: {}. Batteries' own losses are not in it.\n", figures.board.description,
                      figures.supply.volts, figures.points_were_given ? "as given" : "as in the board's data",
                      figures.sleep_was_given ? "as given" : figures.board.sleep.mode + ", in which nothing but its timer runs: give --sleep when samples come in by DMA");
  return text + fmt::format("Sources: {}\n", figures.board.source);
}

Json power_json(const PowerFigures& figures) {
  Json json{{"board", figures.board.name}, {"volts", figures.supply.volts}, {"sleep_microamperes", figures.supply.sleep_microamperes},
            {"wake_up_microseconds", figures.supply.wake_microseconds}, {"sensor_microamperes", figures.supply.other_microamperes},
            {"battery_milliampere_hours", figures.battery_milliampere_hours}, {"source", figures.board.source}};
  json["work"] = Json::array();
  for (const PeriodicWork& each : figures.work)
    json["work"].push_back({{"name", each.name}, {"cycles_estimate", each.cycles}, {"seconds", each.seconds}, {"awake_share", each.awake_share}});
  json["clocks"] = Json::array();
  for (std::size_t i = 0; i < figures.estimates.size(); ++i) {
    const ClockPoint& point = figures.supply.points[i];
    Json row{{"clock_hz", point.clock_hz}, {"nanojoules_per_cycle", point.nanojoules_per_cycle}, {"fast_enough", figures.estimates[i].has_value()}};
    if (const auto& each = figures.estimates[i]) {
      row["duty_estimate"] = each->duty;
      row["microamperes_estimate"] = each->microamperes;
      row["battery_hours_estimate"] = each->battery_hours(figures.battery_milliampere_hours);
    }
    json["clocks"].push_back(row);
  }
  const auto best = best_clock(figures.estimates);
  json["best_clock_hz"] = best ? Json(figures.supply.points[*best].clock_hz) : Json(nullptr);
  return json;
}

}  // namespace mote
