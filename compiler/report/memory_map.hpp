#pragma once

#include <string>

#include "report/report.hpp"

namespace mote {

/// What lies in a buffer of the plan, in a few words: "input 'image'", "output of conv_2d_3", "rows of ...", "scratch of ...".
std::string buffer_text(const Plan& plan, const PlacedBuffer& buffer);

/// Names of the first and the last layer that run while the buffer holds something; "the end" for what outlives the run.
std::string first_layer(const Plan& plan, const PlacedBuffer& buffer);
std::string last_layer(const Plan& plan, const PlacedBuffer& buffer);

/// Where every byte of RAM lives: a line per buffer in the order of their first layers, and scratch on the stack.
std::string memory_map_text(const Plan& plan);
Json memory_map_json(const Plan& plan);

/// What lives while the layer with the most bytes runs, the largest first, and the lower bound.
std::string peak_text(const Plan& plan);
Json peak_json(const Plan& plan);

}  // namespace mote
