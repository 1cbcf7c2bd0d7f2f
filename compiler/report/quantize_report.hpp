#pragma once

#include <string>

#include "compress/quantize.hpp"
#include "report/report.hpp"

namespace mote {

/// How near a model is to the float model, as fields and in words.
Json quality_json(const Quality& quality);
std::string quality_text(const Quality& quality);

/// What quantization did and cost: the measure before and after, what was kept wider, and a row per layer.
Json quantize_json(const QuantizeResult& result);
std::string quantize_text(const QuantizeResult& result);

}  // namespace mote
