#include "select/tuning.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <nlohmann/json.hpp>

#include "support/assets.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

constexpr std::string_view kFormat = "mote tuning 1";

/// Changes whenever a device header does, so that figures of older kernels are not believed.
std::uint64_t kernels_hash() {
  static const std::uint64_t hash = [] {
    std::uint64_t made = 0;
    for (const Asset& each : assets()) {
      if (each.path.starts_with("mote/")) made = XXH64(each.bytes.data(), each.bytes.size(), made);
    }
    return made;
  }();
  return hash;
}

/// Of a call: function, constants and the number of bytes of each table; their values do not change the time of dense kernels.
std::string key_of(const Target& target, const KernelCall& call) {
  std::string text = spec_text(call);
  for (const PackedConstant& constant : call.constants) text += fmt::format("{}:{};", constant.name, constant.bytes.size());
  return fmt::format("{} {} {:016x}", target.name, call.function, XXH64(text.data(), text.size(), kernels_hash()));
}

}  // namespace

Tuning Tuning::read(const std::filesystem::path& file) {
  Tuning tuning;
  if (!std::filesystem::exists(file)) return tuning;
  const auto bytes = read_file(file);
  const auto json = nlohmann::json::parse(bytes, nullptr, false);
  const auto refuse = [&](std::string_view why) {
    return Error(fmt::format("{} is not a file of `mote tune`: {}", file.string(), why), "delete it, or name another file");
  };
  if (!json.is_object() || json.value("format", nlohmann::json()) != kFormat) throw refuse("its format is unknown");
  const auto costs = json.find("costs");
  if (costs == json.end() || !costs->is_object()) throw refuse("it has no costs");
  for (const auto& [key, cost] : costs->items()) {
    if (!cost.is_number() || !(cost >= 0)) throw refuse(fmt::format("the cost of '{}' is not a number from 0", key));
    tuning.cycles_[key] = cost.get<double>();
  }
  return tuning;
}

void Tuning::write(const std::filesystem::path& file) const {
  nlohmann::ordered_json costs = nlohmann::ordered_json::object();
  for (const auto& [key, cycles] : cycles_) costs[key] = cycles;
  write_file(file, nlohmann::ordered_json{{"format", kFormat}, {"costs", costs}}.dump(1) + "\n");
}

void Tuning::set(const Target& target, const KernelCall& call, double cycles) { cycles_[key_of(target, call)] = cycles; }

std::optional<double> Tuning::find(const Target& target, const KernelCall& call) const {
  if (cycles_.empty()) return std::nullopt;
  const auto found = cycles_.find(key_of(target, call));
  return found == cycles_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace mote
