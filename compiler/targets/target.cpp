#include "targets/target.hpp"

#include <algorithm>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "support/assets.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

using Json = nlohmann::json;

Isa parse_isa(const std::string& name) {
  if (name == "portable") return Isa::kPortable;
  if (name == "dsp") return Isa::kDsp;
  if (name == "mve") return Isa::kMve;
  if (name == "rv32") return Isa::kRv32;
  if (name == "scalar") return Isa::kScalar;
  if (name == "wide") return Isa::kWide;
  throw Error(fmt::format("instruction set '{}' is unknown", name));
}

/// The kinds and their names are the plugin's (compiler/emulate/plugin/thumb_timing.cpp).
std::string parse_timing(const Json& json) {
  std::string text;
  for (const auto& [kind, cycles] : json.items()) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : "+", kind, cycles.get<unsigned>());
  }
  return text;
}

MemoryRegion parse_region(const Json& json) {
  const auto number = [&](const char* key) {
    return static_cast<std::uint32_t>(std::stoul(json.at(key).get<std::string>(), nullptr, 0));
  };
  return {number("origin"), number("length")};
}

Target parse_target(std::string name, std::string_view text) {
  const Json json = Json::parse(text);
  Target target;
  target.name = std::move(name);
  target.description = json.at("description");
  target.core = json.at("core");
  target.isas.clear();
  for (const std::string isa : json.at("isa")) target.isas.push_back(parse_isa(isa));
  target.compile_flags = json.value("compile_flags", "");
  target.toolchain = json.value("toolchain", "");
  target.emulator = json.value("emulator", "");
  target.machine = json.value("machine", "");
  if (json.contains("timing")) target.timing = parse_timing(json["timing"]);
  target.clock_hz = json.value("clock_hz", 0.0);
  target.source = json.at("source");
  if (json.contains("memory")) {
    target.vectors = parse_region(json["memory"].at("vectors"));
    target.flash = parse_region(json["memory"].at("flash"));
    target.ram = parse_region(json["memory"].at("ram"));
  }
  return target;
}

}  // namespace

bool Target::has(Isa isa) const { return std::find(isas.begin(), isas.end(), isa) != isas.end(); }

const std::vector<Target>& all_targets() {
  static const std::vector<Target> list = [] {
    constexpr std::string_view kPrefix = "targets/";
    constexpr std::string_view kSuffix = ".json";
    std::vector<Target> made;
    for (const Asset& each : assets()) {
      if (!each.path.starts_with(kPrefix)) continue;
      made.push_back(parse_target(
          std::string(each.path.substr(kPrefix.size(), each.path.size() - kPrefix.size() - kSuffix.size())), each.bytes));
    }
    return made;
  }();
  return list;
}

const Target& find_target(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Target& each : all_targets()) {
    if (each.name == name) return each;
    names.push_back(each.name);
  }
  throw Error(fmt::format("there is no target '{}'", name), fmt::format("targets: {}", fmt::join(names, ", ")));
}

}  // namespace mote
