#include <optional>

#include "graph/operator.hpp"
#include "report/hop_report.hpp"
#include "report/report.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string or_dash(const std::optional<std::int64_t>& value) { return value ? grouped(*value) : "-"; }

template <typename T>
std::optional<std::int64_t> whole(const std::optional<T>& value) {
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

Json layers_json(const Plan& plan, const EmulationResult& measured) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Node& node = plan.graph.nodes[plan.steps[i].node];
    Json row{{"name", node.name},
             {"operator", node.op->name()},
             {"implementation", plan.steps[i].implementation},
             {"macs", node.op->macs(NodeView(plan.graph, node))},
             {"instructions", nullptr},
             {"cycles_estimate", nullptr},
             {"scratch_bytes", plan.steps[i].call.scratch_bytes}};
    if (i < measured.layers.size()) {
      row["instructions"] = measured.layers[i].instructions;
      row["cycles_estimate"] = or_null(measured.layers[i].cycles_estimate);
    }
    layers.push_back(std::move(row));
  }
  return layers;
}

std::string layers_text(const Plan& plan, const EmulationResult& measured) {
  std::vector<std::vector<std::string>> rows{
      {"layer", "runs as", "MACs", "instructions", "share", "cycles (est.)", "cycles/MAC"}};
  for (std::size_t i = 0; i < measured.layers.size(); ++i) {
    const Node& node = plan.graph.nodes[plan.steps[i].node];
    const std::int64_t macs = node.op->macs(NodeView(plan.graph, node));
    const auto cycles = whole(measured.layers[i].cycles_estimate);
    const auto instructions = static_cast<double>(measured.layers[i].instructions);
    rows.push_back({node.name, plan.steps[i].implementation, grouped(macs),
                    grouped(static_cast<std::int64_t>(measured.layers[i].instructions)),
                    fmt::format("{:.1f}%", 100.0 * instructions / static_cast<double>(measured.instructions.value_or(1))),
                    or_dash(cycles),
                    cycles && macs > 0 ? fmt::format("{:.2f}", static_cast<double>(*cycles) / static_cast<double>(macs)) : "-"});
  }
  return format_table(rows) + "\n";
}

}  // namespace

Json run_json(const Plan& plan, const RunResult& result) {
  const EmulationResult& m = result.measured;
  Json json{{"model", plan.graph.name},
            {"target", plan.target.name},
            {"inferences", result.outputs.size()},
            {"instructions", or_null(m.instructions)},
            {"instructions_mean", m.instruction_spread ? Json(m.instruction_spread->mean) : Json(nullptr)},
            {"cycles_estimate", or_null(m.cycles_estimate)},
            {"milliseconds_estimate", nullptr},
            {"microjoules_estimate", nullptr},
            {"board", plan.target.board.empty() ? Json(nullptr) : Json(plan.target.board)},
            {"clock_hz", plan.target.clock_hz > 0 ? Json(plan.target.clock_hz) : Json(nullptr)},
            {"flash_bytes", or_null(m.flash_bytes)},
            {"flash_code_bytes", nullptr},
            {"flash_weights_bytes", plan.constant_bytes()},
            {"arena_bytes", plan.memory.arena_bytes},
            {"ram_bytes", or_null(m.ram_bytes)},
            {"stack_scratch_bytes", plan.stack_scratch_bytes()},
            {"stack_bytes", or_null(m.stack_bytes)}};
  // All flash that is not weights: machine code with its share of the C library, literals and descriptors.
  if (m.flash_bytes) json["flash_code_bytes"] = static_cast<std::int64_t>(*m.flash_bytes) - plan.constant_bytes();
  if (m.cycles_estimate && plan.target.clock_hz > 0)
    json["milliseconds_estimate"] = 1e3 * static_cast<double>(*m.cycles_estimate) / plan.target.clock_hz;
  if (m.cycles_estimate && plan.target.nanojoules_per_cycle > 0)
    json["microjoules_estimate"] = 1e-3 * static_cast<double>(*m.cycles_estimate) * plan.target.nanojoules_per_cycle;
  if (plan.graph.source) json["hop"] = hop_json(plan, hop_budget(plan, m.cycles_estimate));
  json["layers"] = layers_json(plan, m);
  json["notes"] = m.notes;
  return json;
}

std::string run_text(const Plan& plan, const RunResult& result, bool profile) {
  const EmulationResult& m = result.measured;
  std::string text;
  if (profile && !m.layers.empty()) text += layers_text(plan, m);
  const auto flash = whole(m.flash_bytes);
  std::vector<std::vector<std::string>> rows{
      {"cost on " + (plan.target.board.empty() ? plan.target.name : plan.target.board), "", "unit"}};
  rows.push_back({"flash: code", or_dash(flash ? std::optional(*flash - plan.constant_bytes()) : std::nullopt), "bytes"});
  rows.push_back({"flash: weights and tables", grouped(plan.constant_bytes()), "bytes"});
  rows.push_back({"RAM: arena", grouped(plan.memory.arena_bytes), "bytes"});
  rows.push_back({"RAM: stack", or_dash(whole(m.stack_bytes)), "bytes"});
  rows.push_back({"instructions, one inference", or_dash(whole(m.instructions)), ""});
  rows.push_back({"cycles, estimated", or_dash(whole(m.cycles_estimate)), ""});
  if (m.cycles_estimate && plan.target.clock_hz > 0) {
    rows.push_back({fmt::format("time at {:.0f} MHz, estimated", plan.target.clock_hz / 1e6),
                    fmt::format("{:.3f}", 1e3 * static_cast<double>(*m.cycles_estimate) / plan.target.clock_hz), "ms"});
  }
  if (m.cycles_estimate && plan.target.nanojoules_per_cycle > 0) {
    const double microjoules = 1e-3 * static_cast<double>(*m.cycles_estimate) * plan.target.nanojoules_per_cycle;
    rows.push_back({fmt::format("energy at {} nJ per cycle, estimated", plan.target.nanojoules_per_cycle),
                    fmt::format("{:.1f}", microjoules), "uJ"});
  }
  text += format_table(rows);
  if (plan.graph.source) text += hop_text(plan, hop_budget(plan, m.cycles_estimate));
  for (const std::string& note : m.notes) text += fmt::format("note: {}\n", note);
  return text;
}

}  // namespace mote
