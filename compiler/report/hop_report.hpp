#pragma once

#include "report/report.hpp"

namespace mote {

/// What a run may take and what it takes: estimated cycles against the time from one hop to the next.
struct HopBudget {
  double seconds = 0;         ///< from hop to hop
  double cycles = 0;          ///< of one run, estimated
  double least_clock_hz = 0;  ///< at which it is just in time
  double clock_hz = 0;        ///< the target's; 0: none is known
  double share() const { return clock_hz > 0 ? least_clock_hz / clock_hz : 0; }
};

/// Of a plan whose graph has a source. `cycles`: measured by emulation, or else what the plan predicts.
HopBudget hop_budget(const Plan& plan, std::optional<std::uint64_t> cycles = {});
/// "each run takes in 320 samples, 20 ms: ...", and what the ring takes; two lines.
std::string hop_text(const Plan& plan, const HopBudget& budget);
Json hop_json(const Plan& plan, const HopBudget& budget);

/// "20 ms", "1.5 s", "5 min".
std::string duration_text(double seconds);

/// Error when the board is too slow for the signal.
void require_in_time(const Plan& plan);

}  // namespace mote
