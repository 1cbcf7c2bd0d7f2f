#include "targets/board.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "support/assets.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Addresses are text, "0x20000000": JSON has no hexadecimal numbers.
BoardMemory parse_memory(const nlohmann::json& json) {
  const std::optional<MemoryKind> kind = memory_kind_from_name(json.at("kind").get<std::string>());
  MOTE_CHECK(kind.has_value());
  BoardMemory region{json.at("name"), *kind, json.at("bytes"), {}, {}};
  if (json.contains("address")) region.address = std::stoull(json["address"].get<std::string>(), nullptr, 16);
  if (json.contains("access_cycles")) region.access_cycles = json["access_cycles"].get<double>();
  return region;
}

Board parse_board(std::string_view name, std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  std::vector<ClockPoint> points;
  for (const auto& point : json.value("operating_points", nlohmann::json::array())) points.push_back({point.at("clock_hz"), point.at("nanojoules_per_cycle")});
  SleepMode sleep;
  if (json.contains("sleep")) sleep = {json["sleep"].at("mode"), json["sleep"].at("microamperes"), json["sleep"].at("wake_microseconds")};
  std::vector<BoardMemory> memories;
  for (const auto& memory : json.at("memories")) memories.push_back(parse_memory(memory));
  return {.name = std::string(name),
          .description = json.at("description"),
          .target = json.at("target"),
          .clock_hz = json.at("clock_hz"),
          .flash_bytes = json.at("flash_bytes"),
          .ram_bytes = json.at("ram_bytes"),
          .nanojoules_per_cycle = json.at("nanojoules_per_cycle"),
          .volts = json.value("volts", 0.0),
          .slower_points = points,
          .sleep = sleep,
          .memories = memories,
          .source = json.at("source")};
}

}  // namespace

Target Board::as_target() const {
  Target made = find_target(target);
  made.clock_hz = clock_hz;
  made.nanojoules_per_cycle = nanojoules_per_cycle;
  made.board = name;
  return made;
}

const std::vector<Board>& all_boards() {
  static const std::vector<Board> list = [] {
    constexpr std::string_view kPrefix = "boards/", kSuffix = ".json";
    std::vector<Board> made;
    for (const Asset& each : assets()) {
      if (!each.path.starts_with(kPrefix)) continue;
      made.push_back(
          parse_board(each.path.substr(kPrefix.size(), each.path.size() - kPrefix.size() - kSuffix.size()), each.bytes));
    }
    return made;
  }();
  return list;
}

const Board& find_board(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Board& each : all_boards()) {
    if (each.name == name) return each;
    names.push_back(each.name);
  }
  throw Error(fmt::format("there is no board '{}'", name), fmt::format("boards: {}", fmt::join(names, ", ")));
}

}  // namespace mote
