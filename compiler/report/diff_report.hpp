#pragma once

#include <string>

#include "compare/diff_models.hpp"
#include "report/report.hpp"

namespace mote {

/// How far two runs are apart in every compared layer, and the first that leaves the tolerance.
Json diff_json(const DiffResult& result);
std::string diff_text(const DiffResult& result);

}  // namespace mote
