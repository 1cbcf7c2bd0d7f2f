#pragma once

#include <optional>
#include <string>

#include "select/plan.hpp"

namespace mote {

/// An SVG picture of the arena over time: layers in running order from left to right, bytes upwards, a rectangle for each buffer
/// with its name and bytes (and more in its tooltip). Scratch is hatched, buffers that hold a few rows are striped, bytes that an
/// output takes over from its input are dotted; the arena, the lower bound, the budget and the layer at the peak are marked.
/// White of its own, so that it reads on any page. The same plan gives the same bytes.
std::string arena_svg(const Plan& plan, std::optional<std::int64_t> budget_bytes = {});

}  // namespace mote
