#include "report/front_report.hpp"

#include <algorithm>
#include <cmath>

#include "support/table.hpp"

namespace mote {

namespace {

double milliseconds(double cycles, const Target& target) { return 1e3 * cycles / target.clock_hz; }

/// How much more cycles the plan takes than the first one.
double slowdown(const Plan& plan, const Plan& fastest) { return fastest.cycles() > 0 ? plan.cycles() / fastest.cycles() - 1 : 0; }

}  // namespace

std::size_t layers_by_rows(const Plan& plan) {
  std::size_t count = 0;
  for (const RowRegion& region : plan.regions) count += region.stages.size();
  return count;
}

std::string time_text(double cycles, const Target& target) {
  return target.clock_hz > 0 ? fmt::format("{:.3g} ms", milliseconds(cycles, target))
                             : fmt::format("{} cycles", grouped(std::llround(cycles)));
}

std::string front_text(const std::vector<PlanChoice>& choices) {
  const Plan& fastest = choices.front().plan;
  const bool has_clock = fastest.target.clock_hz > 0;
  std::vector<std::vector<std::string>> rows{{"RAM", "cycles"}};
  if (has_clock) rows[0].push_back("ms");
  for (const char* heading : {"slower", "flash", "layers by rows", "options"}) rows[0].emplace_back(heading);
  for (const PlanChoice& each : choices) {
    std::vector<std::string> row{grouped(each.plan.ram_bytes()), grouped(std::llround(each.plan.cycles()))};
    if (has_clock) row.push_back(fmt::format("{:.2f}", milliseconds(each.plan.cycles(), each.plan.target)));
    row.push_back(fmt::format("{:.1f}%", 100 * slowdown(each.plan, fastest)));
    row.push_back(grouped(each.plan.flash_bytes()));
    row.push_back(fmt::format("{}", layers_by_rows(each.plan)));
    row.push_back(each.options);
    rows.push_back(std::move(row));
  }
  return format_table(rows);
}

Json front_json(const std::vector<PlanChoice>& choices) {
  Json list = Json::array();
  for (const PlanChoice& each : choices) {
    const Plan& plan = each.plan;
    Json row{{"ram_bytes", plan.ram_bytes()},
             {"arena_bytes", plan.memory.arena_bytes},
             {"arena_lower_bound_bytes", plan.memory.lower_bound_bytes},
             {"cycles", plan.cycles()},
             {"milliseconds", plan.target.clock_hz > 0 ? Json(milliseconds(plan.cycles(), plan.target)) : Json()},
             {"slowdown", slowdown(plan, choices.front().plan)},
             {"flash_bytes", plan.flash_bytes()},
             {"layers_by_rows", layers_by_rows(plan)},
             {"options", each.options}};
    if (!plan.graph.nodes.empty()) row["peak_layer"] = plan.graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)].name;
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace mote
