#include "report/memory_map.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "graph/operator.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string tensor_text(const Plan& plan, TensorId id, const std::vector<std::int32_t>& made_by) {
  const Graph& graph = plan.graph;
  const Tensor& tensor = graph.tensor(id);
  if (tensor.is_state) return fmt::format("state '{}'", tensor.name);
  const std::int32_t maker = made_by[static_cast<std::size_t>(id)];
  if (maker < 0) return fmt::format("input '{}'", tensor.name);
  const Node& node = graph.nodes[static_cast<std::size_t>(maker)];
  return fmt::format("output of {}", node.name);
}

std::string node_name(const Plan& plan, std::int32_t index) {
  const auto at = static_cast<std::size_t>(index);
  return at < plan.graph.nodes.size() ? plan.graph.nodes[at].name : "the end";
}

/// The layers that take turns with the one at the peak: those of its region, or itself alone.
std::pair<std::int32_t, std::int32_t> peak_layers(const Plan& plan) {
  const auto peak = static_cast<std::size_t>(plan.memory.peak_node);
  for (const RowRegion& region : plan.regions) {
    if (region.first_node() <= peak && peak <= region.last_node())
      return {static_cast<std::int32_t>(region.first_node()), static_cast<std::int32_t>(region.last_node())};
  }
  return {plan.memory.peak_node, plan.memory.peak_node};
}

/// Of the buffers that hold something at the peak, the largest first; scratch only of the layer itself.
std::vector<const PlacedBuffer*> buffers_at_peak(const Plan& plan) {
  const auto [first, last] = peak_layers(plan);
  std::vector<const PlacedBuffer*> found;
  for (const PlacedBuffer& each : plan.memory.buffers) {
    const bool is_there = each.tensors.empty() ? each.first == plan.memory.peak_node : each.first <= last && first <= each.last;
    if (is_there) found.push_back(&each);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->bytes > b->bytes; });
  return found;
}

std::int64_t peak_bytes(const Plan& plan) { return plan.memory.live_bytes[static_cast<std::size_t>(plan.memory.peak_node)]; }

/// Bytes of buffers at the peak that hold nothing then, or that two share: outputs take the place of what was read.
std::int64_t shared_at_peak(const Plan& plan) {
  std::int64_t sum = -peak_bytes(plan);
  for (const PlacedBuffer* each : buffers_at_peak(plan)) sum += each->bytes;
  return std::max<std::int64_t>(sum, 0);
}

/// The layer with the most scratch on the stack; null when none has any there.
const Step* stack_user(const Plan& plan) {
  const Step* most = nullptr;
  for (const Step& step : plan.steps) {
    if (plan.memory.scratch_offsets[step.node] != MemoryPlan::kOnStack) continue;
    if (most == nullptr || step.call.scratch_bytes > most->call.scratch_bytes) most = &step;
  }
  return most;
}

}  // namespace

std::string buffer_text(const Plan& plan, const PlacedBuffer& buffer) {
  if (buffer.tensors.empty()) return fmt::format("scratch of {}", node_name(plan, buffer.first));
  const std::vector<std::int32_t> made_by = producers(plan.graph);
  std::vector<std::string> parts;
  for (const TensorId id : buffer.tensors) {
    std::string part = tensor_text(plan, id, made_by);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(std::move(part));
  }
  constexpr std::size_t kMost = 3;
  const std::size_t left_out = parts.size() > kMost ? parts.size() - kMost : 0;
  parts.resize(parts.size() - left_out);
  std::string text = fmt::format("{}", fmt::join(parts, ", "));
  if (left_out > 0) text += fmt::format(" and {} more", left_out);
  return buffer.is_ring ? "rows of " + text : text;
}

std::string first_layer(const Plan& plan, const PlacedBuffer& buffer) { return node_name(plan, buffer.first); }
std::string last_layer(const Plan& plan, const PlacedBuffer& buffer) { return node_name(plan, buffer.last); }

std::string memory_map_text(const Plan& plan) {
  std::vector<std::vector<std::string>> rows{{"offset", "bytes", "from", "to", "what"}};
  for (const PlacedBuffer& each : plan.memory.buffers) {
    rows.push_back(
        {grouped(each.offset), grouped(each.bytes), first_layer(plan, each), last_layer(plan, each), buffer_text(plan, each)});
  }
  std::string text = format_table(rows);
  if (const Step* step = stack_user(plan)) {
    text += fmt::format("on the stack besides: {} bytes, scratch of {}\n", grouped(step->call.scratch_bytes),
                        plan.graph.nodes[step->node].name);
  }
  return text;
}

Json memory_map_json(const Plan& plan) {
  Json list = Json::array();
  for (const PlacedBuffer& each : plan.memory.buffers) {
    Json tensors = Json::array();
    for (const TensorId id : each.tensors) tensors.push_back(plan.graph.tensor(id).name);
    list.push_back({{"offset", each.offset},
                    {"bytes", each.bytes},
                    {"first_layer", first_layer(plan, each)},
                    {"last_layer", last_layer(plan, each)},
                    {"what", buffer_text(plan, each)},
                    {"tensors", std::move(tensors)},
                    {"holds_rows", each.is_ring}});
  }
  return list;
}

std::string peak_text(const Plan& plan) {
  if (plan.graph.nodes.empty()) return "";
  const Node& peak = plan.graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)];
  std::vector<std::vector<std::string>> rows{{"bytes", "what lives at the peak"}};
  for (const PlacedBuffer* each : buffers_at_peak(plan)) rows.push_back({grouped(each->bytes), buffer_text(plan, *each)});
  if (const std::int64_t shared = shared_at_peak(plan))
    rows.push_back({grouped(-shared), "of them hold nothing then: read before, or not yet written"});
  return fmt::format("peak at {} ({}): {} bytes; the arena is {}, and no placement of these buffers can be smaller than {}\n\n{}",
                     peak.name, peak.op->name(), grouped(peak_bytes(plan)), grouped(plan.memory.arena_bytes),
                     grouped(plan.memory.lower_bound_bytes), format_table(rows));
}

Json peak_json(const Plan& plan) {
  if (plan.graph.nodes.empty()) return Json();
  const Node& peak = plan.graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)];
  Json json{{"layer", peak.name},
            {"operator", peak.op->name()},
            {"bytes", peak_bytes(plan)},
            {"shared_bytes", shared_at_peak(plan)},
            {"lower_bound_bytes", plan.memory.lower_bound_bytes},
            {"live", Json::array()}};
  for (const PlacedBuffer* each : buffers_at_peak(plan))
    json["live"].push_back({{"bytes", each->bytes}, {"what", buffer_text(plan, *each)}});
  return json;
}

}  // namespace mote
