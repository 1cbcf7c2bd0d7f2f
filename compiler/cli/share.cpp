#include "cli/command.hpp"

namespace mote::cli {

double share_of(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const bool percent = used + 1 == text.size() && text[used] == '%';
  if (used == 0 || (used != text.size() && !percent) || !(value >= 0)) {
    throw Error(fmt::format("{} '{}' is no share", option, text), "write 1% or 0.01");
  }
  return percent ? value / 100 : value;
}

}  // namespace mote::cli
