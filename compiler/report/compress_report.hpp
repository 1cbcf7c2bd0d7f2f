#pragma once

#include <string>

#include "compress/compress.hpp"
#include "report/report.hpp"

namespace mote {

/// What became smaller and what it cost: a row per layer, the totals, and the quality after each step.
Json compress_json(const CompressResult& result);
std::string compress_text(const CompressResult& result);

}  // namespace mote
