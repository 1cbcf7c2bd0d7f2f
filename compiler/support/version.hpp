#pragma once

#include <string_view>

namespace mote {

/// "0.1.0"
std::string_view version();

}  // namespace mote
