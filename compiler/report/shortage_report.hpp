#pragma once

#include <string>

#include "advise/shortage.hpp"
#include "report/report.hpp"

namespace mote {

/// Why a model does not fit: what is short, the layer where, what lives or stands there, and the remedies with what each saves
/// and adds.
std::string shortage_text(const Shortage& shortage);
Json shortage_json(const Shortage& shortage);

}  // namespace mote
