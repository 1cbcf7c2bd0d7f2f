#pragma once

#include <string>
#include <string_view>

namespace mote {

/// Text that may stand between tags and in attributes. Bytes that are no UTF-8 become the replacement character.
std::string escaped(std::string_view text);

}  // namespace mote
