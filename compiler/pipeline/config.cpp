#include "pipeline/config.hpp"

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include "support/error.hpp"

namespace mote {

namespace {

ConfigPlace place_of(const toml::node& node) {
  const toml::source_region& region = node.source();
  return {region.begin.line, region.begin.column, region.end.line, region.end.column};
}

ConfigValue convert(const toml::node& node);

ConfigTable convert_table(const toml::table& table) {
  ConfigTable result;
  for (const auto& [key, node] : table) result.emplace(std::string(key.str()), convert(node));
  return result;
}

ConfigValue convert(const toml::node& node) {
  const ConfigPlace place = place_of(node);
  if (const auto* value = node.as_boolean()) return {value->get(), place};
  if (const auto* value = node.as_integer()) return {value->get(), place};
  if (const auto* value = node.as_floating_point()) return {value->get(), place};
  if (const auto* value = node.as_string()) return {value->get(), place};
  if (const auto* value = node.as_table()) return {convert_table(*value), place};
  if (const auto* value = node.as_array()) {
    ConfigList list;
    for (const toml::node& item : *value) list.push_back(convert(item));
    return {std::move(list), place};
  }
  throw Error(fmt::format("line {}: a date is no setting", place.line), "durations are text: \"20 ms\"");
}

}  // namespace

ConfigTable parse_config(std::string_view text) {
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    throw Error(fmt::format("line {}, column {}: {}", error.source().begin.line, error.source().begin.column, error.description()),
                "the file's format is TOML: toml.io describes it");
  }
}

}  // namespace mote
