#pragma once

#include "report/report.hpp"
#include "targets/power.hpp"

namespace mote {

/// All that an estimate of power rests on, and what came out.
struct PowerFigures {
  const Board& board;
  const PowerSupply& supply;
  const std::vector<PeriodicWork>& work;
  const std::vector<std::optional<PowerEstimate>>& estimates;  ///< one per point of the supply
  double battery_milliampere_hours = 0;
  bool sleep_was_given = false, points_were_given = false;  ///< by who asks, not from the board's data
};

std::string power_text(const PowerFigures& figures);
Json power_json(const PowerFigures& figures);

/// Index of the estimate with the least current; nothing when no clock is fast enough.
std::optional<std::size_t> best_clock(const std::vector<std::optional<PowerEstimate>>& estimates);

}  // namespace mote
