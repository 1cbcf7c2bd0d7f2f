#pragma once

#include <optional>
#include <string_view>

namespace mote {

/// The number, finite and not below zero, that text starts with; it is taken away from there. None: text stays as it is.
std::optional<double> take_number(std::string_view& text);

}  // namespace mote
