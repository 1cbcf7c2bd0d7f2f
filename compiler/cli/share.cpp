#include "cli/command.hpp"
#include "support/numbers.hpp"

namespace mote::cli {

double share_of(const std::string& option, const std::string& text) {
  std::string_view rest = text;
  const auto value = take_number(rest);
  if (!value || !(rest.empty() || rest == "%")) throw Error(fmt::format("{} '{}' is no share", option, text), "write 1% or 0.01");
  return rest.empty() ? *value : *value / 100;
}

}  // namespace mote::cli
