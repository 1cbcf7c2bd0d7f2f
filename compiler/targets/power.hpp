#pragma once

#include <optional>
#include <string>
#include <vector>

#include "targets/board.hpp"

namespace mote {

/// Work that comes again and again: `cycles` every `seconds`. Of a share of the time only, for what something else wakes.
struct PeriodicWork {
  std::string name;
  double cycles = 0, seconds = 0;
  double awake_share = 1;
};

/// What is known of a board's supply: from its data, or from who asks.
struct PowerSupply {
  double volts = 0;
  std::vector<ClockPoint> points;  ///< at least one, each with its energy
  double sleep_microamperes = 0;       ///< while nothing is computed
  double wake_microseconds = 0;        ///< before each piece of work, at the cost of running
  double other_microamperes = 0;       ///< sensors and what else never sleeps
};

/// Averages at one clock.
struct PowerEstimate {
  ClockPoint point;
  double duty = 0;                ///< share of the time in which the core runs
  double run_microamperes = 0;    ///< on average, of running alone
  double sleep_microamperes = 0;  ///< on average, of sleeping alone
  double microamperes = 0;        ///< on average, in all
  double battery_hours(double milliampere_hours) const { return 1e3 * milliampere_hours / microamperes; }
};

/// For each point, in the order of the clocks, the average current; nothing for clocks at which a piece of work is not done when the next
/// comes. A model of two levels: running at the point's energy per cycle, sleeping at the sleep's current; changes of clock cost nothing.
std::vector<std::optional<PowerEstimate>> estimate_power(const std::vector<PeriodicWork>& work, const PowerSupply& supply);

}  // namespace mote
