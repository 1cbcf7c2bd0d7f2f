#include "select/spread.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/ranges.h>

#include "memory/outer_memory.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

constexpr std::string_view kExample = "for example: --memories dtcm=64K,sram=256K";

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 32 && is_letter(text[0]) && text.find("__") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::int64_t size_of(std::string_view text, std::string_view whole) {
  std::int64_t bytes = 0;
  std::int64_t unit = 1;
  std::string_view digits = text;
  if (digits.ends_with('K') || digits.ends_with('k')) unit = 1024;
  if (digits.ends_with('M') || digits.ends_with('m')) unit = 1024 * 1024;
  if (unit > 1) digits.remove_suffix(1);
  const auto [stopped, code] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
  constexpr std::int64_t kMost = std::int64_t{1} << 32;
  if (code != std::errc() || stopped != digits.data() + digits.size() || bytes < 1 || bytes > kMost / unit)
    throw Error(fmt::format("--memories {}: '{}' is no size", whole, text), std::string(kExample));
  return bytes * unit;
}

}  // namespace

std::vector<GivenMemory> parse_memories(std::string_view text, const std::vector<BoardMemory>& of_board) {
  std::vector<GivenMemory> list;
  std::set<std::string> names;
  bool all_known = true;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view each = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t equals = each.find('=');
    const std::string name(each.substr(0, equals));
    if (!is_name(name))
      throw Error(fmt::format("--memories {}: '{}' is no name of small letters, digits and _", text, name),
                  std::string(kExample));
    if (!names.insert(name).second)
      throw Error(fmt::format("--memories {}: {} stands there twice", text, name), std::string(kExample));
    const auto known =
        std::find_if(of_board.begin(), of_board.end(), [&](const BoardMemory& memory) { return memory.name == name; });
    GivenMemory memory{name, 0, static_cast<double>(list.size() + 1)};
    all_known = all_known && known != of_board.end() && known->access_cycles.has_value();
    if (known != of_board.end() && !known->holds_data())
      throw Error(fmt::format("--memories {}: {} is no RAM", text, name), "data can lie in RAM only");
    if (equals != std::string_view::npos) {
      memory.bytes = size_of(each.substr(equals + 1), text);
      if (known != of_board.end() && memory.bytes > known->bytes)
        throw Error(fmt::format("--memories {}: the board's {} has {} bytes", text, name, grouped(known->bytes)),
                    "ask for no more than that");
    } else if (known != of_board.end()) {
      memory.bytes = known->bytes;
    } else {
      throw Error(fmt::format("--memories {}: of {} no size is known", text, name),
                  of_board.empty() ? std::string(kExample) : "`mote targets --json` lists the memories of boards");
    }
    list.push_back(std::move(memory));
  }
  for (GivenMemory& each : list) {
    if (!all_known) break;
    each.access_cost = *std::find_if(of_board.begin(), of_board.end(), [&](const BoardMemory& memory) {
                          return memory.name == each.name;
                        })->access_cycles;
  }
  return list;
}

std::vector<double> buffer_accesses(const Plan& plan) {
  std::vector<std::int32_t> holder(plan.graph.tensors.size(), -1);
  std::vector<double> accesses(plan.memory.buffers.size(), 0);
  for (std::size_t b = 0; b < plan.memory.buffers.size(); ++b) {
    for (const TensorId id : plan.memory.buffers[b].tensors) holder[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(b);
  }
  const auto use = [&](TensorId id, double least) {
    if (id == kNoTensor || holder[static_cast<std::size_t>(id)] < 0) return;
    accesses[static_cast<std::size_t>(holder[static_cast<std::size_t>(id)])] +=
        std::max(least, static_cast<double>(plan.graph.tensor(id).bytes()));
  };
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.nodes[step.node];
    const auto macs = static_cast<double>(node.op->macs(NodeView(plan.graph, node)));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) use(node.inputs[i], i == 0 ? macs : 0);
    for (const TensorId id : node.outputs) use(id, 0);
  }
  for (std::size_t b = 0; b < plan.memory.buffers.size(); ++b) {
    const PlacedBuffer& buffer = plan.memory.buffers[b];
    if (!buffer.tensors.empty()) continue;
    const Node& node = plan.graph.nodes[static_cast<std::size_t>(buffer.first)];
    accesses[b] =
        std::max(2.0 * static_cast<double>(buffer.bytes), static_cast<double>(node.op->macs(NodeView(plan.graph, node))));
  }
  return accesses;
}

void spread_over(Plan& plan, const std::vector<GivenMemory>& memories) {
  std::vector<SpreadRoom> rooms;
  std::vector<std::string> given;
  for (const GivenMemory& each : memories) {
    rooms.push_back({each.name, {each.bytes, each.access_cost}});
    given.push_back(fmt::format("{} {}", each.name, grouped(each.bytes)));
  }
  if (spread_out(plan.memory, plan.graph, plan.regions, buffer_accesses(plan), rooms)) return;
  std::int64_t largest = 0;
  for (const PlacedBuffer& buffer : plan.memory.buffers) largest = std::max(largest, buffer.bytes);
  throw Error(
      fmt::format(
          "the model does not fit its memories ({} bytes): in one, it would take {} bytes, and the largest thing that must lie "
          "in one piece {}",
          fmt::join(given, ", "), grouped(plan.memory.arena_bytes), grouped(largest)),
      "give more of a memory, or another memory beside them");
}

}  // namespace mote
