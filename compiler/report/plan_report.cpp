#include <numeric>

#include "graph/operator.hpp"
#include "report/hop_report.hpp"
#include "report/report.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

Json port_json(const Plan& plan, const std::vector<TensorId>& ids) {
  Json list = Json::array();
  for (const TensorId id : ids) {
    const Tensor& tensor = plan.graph.tensor(id);
    Json row{{"name", tensor.name}, {"type", type_name(tensor.type)}, {"shape", tensor.shape}, {"bytes", tensor.bytes()}};
    if (!tensor.quantization.empty()) {
      row["scale"] = tensor.scale();
      row["zero_point"] = tensor.zero_point();
    }
    list.push_back(std::move(row));
  }
  return list;
}

std::int64_t weight_bytes(const Graph& graph, const Node& node) {
  std::int64_t bytes = 0;
  for (const TensorId id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).is_constant()) bytes += graph.tensor(id).bytes();
  }
  return bytes;
}

std::string port_text(const Plan& plan, const std::vector<TensorId>& ids, std::string_view kind) {
  std::string text;
  for (const TensorId id : ids) {
    const Tensor& tensor = plan.graph.tensor(id);
    text += fmt::format("{:<9} {} {} '{}'", kind, type_name(tensor.type), to_string(tensor.shape), tensor.name);
    if (!tensor.quantization.empty()) text += fmt::format(", scale {} zero point {}", tensor.scale(), tensor.zero_point());
    text += "\n";
  }
  return text;
}

}  // namespace

std::string json_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json plan_json(const Plan& plan) {
  const Graph& graph = plan.graph;
  Json json{{"model", graph.name},
            {"target", plan.target.name},
            {"operators", graph.nodes.size()},
            {"macs", total_macs(graph)},
            {"arena_bytes", plan.memory.arena_bytes},
            {"arena_lower_bound_bytes", plan.memory.lower_bound_bytes},
            {"flash_weights_bytes", plan.constant_bytes()}};
  json["inputs"] = port_json(plan, graph.inputs);
  json["outputs"] = port_json(plan, graph.outputs);
  if (graph.source) json["hop"] = hop_json(plan, hop_budget(plan));
  for (const OuterMemory& each : plan.memory.outer) json["memories"].push_back({{"name", each.name}, {"bytes", each.bytes}});
  json["unsupported"] = Json::array();
  if (!graph.nodes.empty()) json["peak_operator"] = graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)].name;
  json["layers"] = Json::array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Tensor& out = graph.tensor(node.outputs[0]);
    const Step* step = plan.step_of(i);
    json["layers"].push_back({{"name", node.name},
                              {"operator", node.op->name()},
                              {"type", type_name(out.type)},
                              {"shape", out.shape},
                              {"macs", node.op->macs(NodeView(graph, node))},
                              {"weights_bytes", weight_bytes(graph, node)},
                              {"live_bytes", plan.memory.live_bytes[i]},
                              {"scratch_bytes", step == nullptr ? 0 : step->call.scratch_bytes},
                              {"implementation", step == nullptr ? "view" : step->implementation}});
  }
  return json;
}

std::string plan_text(const Plan& plan) {
  const Graph& graph = plan.graph;
  std::vector<std::vector<std::string>> rows{{"name", "type", "output", "MACs", "weights", "live bytes", "runs as"}};
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Tensor& out = graph.tensor(node.outputs[0]);
    const Step* step = plan.step_of(i);
    rows.push_back({node.name, std::string(type_name(out.type)), to_string(out.shape),
                    grouped(node.op->macs(NodeView(graph, node))), grouped(weight_bytes(graph, node)),
                    grouped(plan.memory.live_bytes[i]), step == nullptr ? "view" : step->implementation});
  }
  std::string text =
      port_text(plan, graph.inputs, "input") + port_text(plan, graph.outputs, "output") + "\n" + format_table(rows) + "\n";
  text += fmt::format("{} operators, {} MACs, {} bytes of weights and tables in flash\n", graph.nodes.size(),
                      grouped(total_macs(graph)), grouped(plan.constant_bytes()));
  text += fmt::format("arena {} bytes (no order of these buffers can need less than {})", grouped(plan.memory.arena_bytes),
                      grouped(plan.memory.lower_bound_bytes));
  if (!graph.nodes.empty())
    text += fmt::format("; peak at {}", graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)].name);
  text += "\n";
  if (!plan.memory.outer.empty()) {
    text += fmt::format("of it {} bytes in the model object", grouped(plan.memory.own_bytes()));
    for (const OuterMemory& each : plan.memory.outer) text += fmt::format(", {} in {}", grouped(each.bytes), each.name);
    text += "\n";
  }
  return graph.source ? text + hop_text(plan, hop_budget(plan)) : text;
}

}  // namespace mote
