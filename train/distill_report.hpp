#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "train/distill.hpp"

namespace mote {

/// Numbers as a row of at most `width` bars, the highest number the tallest; logarithmic, since losses fall by factors.
std::string sparkline(const std::vector<double>& numbers, std::size_t width = 60);

/// How training went: the curve, the best epoch, and what it began with.
nlohmann::ordered_json distill_json(const DistillResult& result);
std::string distill_text(const DistillResult& result);

}  // namespace mote
