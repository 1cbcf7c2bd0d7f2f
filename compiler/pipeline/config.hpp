#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote {

/// Where a value stands in a file of settings: lines and columns (of bytes) count from 1, the end is the place behind it.
struct ConfigPlace {
  std::size_t line = 0, column = 0, end_line = 0, end_column = 0;
};

struct ConfigValue;
using ConfigList = std::vector<ConfigValue>;
/// Keys in the order of the alphabet.
using ConfigTable = std::map<std::string, ConfigValue, std::less<>>;

/// A value of a TOML file (toml.io, version 1.0), without dates, which no setting here takes.
struct ConfigValue {
  std::variant<bool, std::int64_t, double, std::string, ConfigList, ConfigTable> value;
  ConfigPlace place;
};

/// Error with the line where the text is no TOML, or holds a date.
ConfigTable parse_config(std::string_view text);

}  // namespace mote
