#include <cstdlib>

#include <nlohmann/json.hpp>

#include "emulate/measure.hpp"
#include "support/assets.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

constexpr const char* kPlugin = "plugin/libmote_profile.so";
constexpr const char* kProfile = "profile.json";

std::string plugin_option(const Target& target, const Firmware& firmware) {
  std::string option =
      fmt::format("{},begin={:x},end={:x},runner={:x}-{:x},timing={},out={}", kPlugin, firmware.window_begin, firmware.window_end,
                  firmware.runner.begin, firmware.runner.end, target.timing.empty() ? "none" : target.timing, kProfile);
  for (const Firmware::Range& part : firmware.run) option += fmt::format(",run={:x}-{:x}", part.begin, part.end);
  for (const std::uint32_t entry : firmware.helpers) option += fmt::format(",helper={:x}", entry);
  return option;
}

std::optional<std::uint64_t> cycles_of(const nlohmann::json& cost) {
  return cost.contains("cycles") ? std::optional(cost.at("cycles").get<std::uint64_t>()) : std::nullopt;
}

Measurement parse_profile(const nlohmann::json& profile, const EmulationJob& job) {
  const std::uint64_t windows = profile.at("windows");
  MOTE_CHECK(windows == job.samples.size());
  Measurement measurement;
  measurement.instructions = profile.at("first").at("instructions");
  measurement.cycles_estimate = cycles_of(profile.at("first"));
  measurement.spread = {.least = profile.at("least").at("instructions"),
                        .greatest = profile.at("greatest").at("instructions"),
                        .mean = profile.at("sum").at("instructions").get<double>() / static_cast<double>(windows)};
  const std::size_t places = profile.at("layers").size();
  if (places != job.layer_count) {
    measurement.notes.push_back(
        fmt::format("no figures by layer: run() calls from {} places for {} layers", places, job.layer_count));
    return measurement;
  }
  for (const nlohmann::json& layer : profile.at("layers")) {
    measurement.layers.push_back({layer.at("instructions"), cycles_of(layer)});
  }
  return measurement;
}

/// Whether QEMU has no plugins or another interface; `reason` is then its line on that.
bool refuses_plugin(const ProcessResult& result, std::string& reason) {
  const std::string& errors = result.errors;
  const std::size_t at = errors.find("plugin");
  if (result.succeeded() || at == std::string::npos) return false;
  const std::size_t begin = errors.rfind('\n', at) + 1;  // npos + 1 is the beginning
  reason = errors.substr(begin, errors.find('\n', at) - begin);
  return true;
}

}  // namespace

std::optional<Measurement> measure_with_plugin(BoardBoot boot, const Target& target, const EmulationJob& job,
                                               const Firmware& firmware, std::string& reason) {
  if (std::getenv("MOTE_QEMU_NO_PLUGIN") != nullptr) {
    reason = "MOTE_QEMU_NO_PLUGIN is set";
    return std::nullopt;
  }
  write_asset(kPlugin, boot.directory);
  boot.more_arguments = {"-plugin", plugin_option(target, firmware)};
  const ProcessResult result = boot_board(boot);
  if (refuses_plugin(result, reason)) return std::nullopt;
  check_board(result, boot);
  const std::vector<std::uint8_t> text = read_file(boot.directory / kProfile);
  return parse_profile(nlohmann::json::parse(text), job);
}

}  // namespace mote
