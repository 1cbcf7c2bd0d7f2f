#pragma once

#include <string>
#include <vector>

namespace mote {

/// Text in columns; the first row is the heading. Columns whose cells look like numbers stand right.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

/// "1,234,567"
std::string grouped(std::int64_t value);

}  // namespace mote
