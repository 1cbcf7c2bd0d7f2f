#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote {

/// A number in a FlexBuffers map.
using FlexNumber = std::variant<std::int64_t, double, bool>;

/// The numbers of a FlexBuffers map, by name; values of other types are left out. Every byte is checked: Error when the buffer is
/// no map, or refers to what lies outside of it. Source: the FlexBuffers format of FlatBuffers 2.0.
std::map<std::string, FlexNumber, std::less<>> read_flex_map(std::span<const std::uint8_t> bytes);

/// A map with these numbers: integers of 32 bits, float32 and bools.
std::vector<std::uint8_t> write_flex_map(const std::map<std::string, FlexNumber, std::less<>>& numbers);

}  // namespace mote
