#include "support/error.hpp"

namespace mote {

Error::Error(std::string what, std::string remedy)
    : std::runtime_error(what), problem_(std::move(what)), remedy_(std::move(remedy)) {
  compose();
}

void Error::add_context(std::string_view place) {
  problem_ = fmt::format("{}: {}", place, problem_);
  compose();
}

void Error::compose() { text_ = remedy_.empty() ? problem_ : fmt::format("{}\n  {}", problem_, remedy_); }

ToolMissing::ToolMissing(std::string_view tool, std::string_view install_command)
    : Error(fmt::format("{} is needed and was not found", tool), fmt::format("install it with: {}", install_command)) {}

InternalError::InternalError(std::string_view what, const char* file, int line)
    : std::logic_error(fmt::format("internal error, please report it: {} ({}:{})", what, file, line)) {}

}  // namespace mote
