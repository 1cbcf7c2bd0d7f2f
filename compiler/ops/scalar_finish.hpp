#pragma once

#include <array>
#include <cstdint>

#include "ops/weighted.hpp"

namespace mote {

/// A row's four words for device/include/mote/scalar_finish.hpp, exact for every sum in [low, high]; `sum + bias` is within 2^30
/// and has the numbers of scalar_scaling.
std::array<std::int32_t, 4> scalar_finish(std::int64_t low, std::int64_t high, std::int32_t bias, std::int32_t corrections,
                                          const Finish& finish, std::size_t row);

}  // namespace mote
