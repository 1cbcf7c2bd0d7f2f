#include "support/version.hpp"

namespace mote {

std::string_view version() { return MOTE_VERSION; }

}  // namespace mote
