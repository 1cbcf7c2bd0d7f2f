#include <map>

#include "graph/operator.hpp"
#include "report/report.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string_view instruction_set(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return "portable C++";
    case Isa::kDsp:
      return "the DSP extension";
    case Isa::kMve:
      return "Helium";
    case Isa::kRv32:
      return "RISC-V";
    case Isa::kScalar:
      return "a core without SIMD";
    case Isa::kWide:
      return "a workstation";
  }
  return "";
}

/// Rows of the node's operator that selection could not look at, by the reason.
std::map<std::string, std::vector<std::string>> left_out(const Plan& plan, std::size_t node) {
  std::map<std::string, std::vector<std::string>> list;
  const NodeView view(plan.graph, plan.graph.nodes[node]);
  for (const Implementation& row : view.node().op->implementations(view)) {
    if (row.library != KernelLibrary::kMote) continue;
    if (!plan.target.has(row.isa)) {
      list[fmt::format("needs {}", instruction_set(row.isa))].emplace_back(row.name);
    } else if (row.applies != nullptr && !row.applies(view)) {
      list["not for this shape or type, or not provably exact"].emplace_back(row.name);
    }
  }
  return list;
}

std::string cycles_text(const Alternative& each) {
  return grouped(static_cast<std::int64_t>(each.cycles)) + (each.measured ? " measured" : "");
}

struct Change {
  std::string layer, before, after;
  double cycles_before = 0, cycles_after = 0;
};

std::vector<Change> changes(const Plan& before, const Plan& after) {
  std::vector<Change> list;
  for (const Step& step : after.steps) {
    Change change{after.graph.nodes[step.node].name, "view", step.implementation, 0, step.predicted_cycles};
    if (const Step* old = before.step_of(step.node)) {
      change.before = old->implementation;
      change.cycles_before = old->predicted_cycles;
      for (const Alternative& each : after.alternatives[step.node]) {  // what the old choice really costs
        if (each.implementation == old->implementation) change.cycles_before = each.cycles;
      }
    }
    list.push_back(std::move(change));
  }
  return list;
}

}  // namespace

Json explain_json(const Plan& plan) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < plan.graph.nodes.size(); ++i) {
    Json rows = Json::array();
    for (const Alternative& each : plan.alternatives[i]) {
      rows.push_back({{"implementation", each.implementation},
                      {"cycles", each.cycles},
                      {"measured", each.measured},
                      {"table_bytes", each.table_bytes},
                      {"code_bytes", each.code_bytes},
                      {"scratch_bytes", each.scratch_bytes},
                      {"verdict", each.verdict}});
    }
    for (const auto& [reason, names] : left_out(plan, i)) {
      for (const std::string& name : names) rows.push_back({{"implementation", name}, {"verdict", reason}});
    }
    layers.push_back({{"name", plan.graph.nodes[i].name}, {"implementations", std::move(rows)}});
  }
  return layers;
}

std::string explain_text(const Plan& plan) {
  std::vector<std::vector<std::string>> rows{{"layer", "implementation", "cycles", "tables", "code", "scratch", "verdict"}};
  for (std::size_t i = 0; i < plan.graph.nodes.size(); ++i) {
    std::string layer = plan.graph.nodes[i].name;
    const auto add = [&](std::vector<std::string> cells) {
      cells.insert(cells.begin(), layer);
      rows.push_back(std::move(cells));
      layer.clear();
    };
    for (const Alternative& each : plan.alternatives[i]) {
      add({each.implementation, cycles_text(each), grouped(each.table_bytes), grouped(each.code_bytes),
           grouped(each.scratch_bytes), each.verdict});
    }
    for (const auto& [reason, names] : left_out(plan, i)) {
      add({fmt::format("{} more", names.size()), "-", "-", "-", "-", reason});
    }
  }
  return format_table(rows) + fmt::format("\npredicted flash: {} bytes of tables, about {} bytes of code\n",
                                          grouped(plan.constant_bytes()), grouped(plan.predicted_code_bytes));
}

Json tuned_layers_json(const Plan& before, const Plan& after) {
  Json layers = Json::array();
  for (const Change& each : changes(before, after)) {
    layers.push_back({{"name", each.layer},
                      {"before", each.before},
                      {"after", each.after},
                      {"cost_before", each.cycles_before},
                      {"cost_after", each.cycles_after}});
  }
  return layers;
}

std::string tuned_layers_text(const Plan& before, const Plan& after, std::string_view unit) {
  std::vector<std::vector<std::string>> rows{{"layer", "ran as", "runs as", fmt::format("{} before", unit), "after"}};
  double total_before = 0, total_after = 0;
  for (const Change& each : changes(before, after)) {
    rows.push_back({each.layer, each.before, each.after, grouped(static_cast<std::int64_t>(each.cycles_before)),
                    grouped(static_cast<std::int64_t>(each.cycles_after))});
    total_before += each.cycles_before;
    total_after += each.cycles_after;
  }
  rows.push_back(
      {"all layers", "", "", grouped(static_cast<std::int64_t>(total_before)), grouped(static_cast<std::int64_t>(total_after))});
  return format_table(rows) + "\n";
}

}  // namespace mote
