#pragma once

#include <string>
#include <string_view>

namespace mote {

/// The text of a TOML file with `key` of `section` set to `value`, TOML itself: a value that there is gives way, a new key
/// follows the section's heading; every other byte stays. Error where there is no such section.
std::string with_setting(std::string_view text, std::string_view section, std::string_view key, std::string_view value);

}  // namespace mote
