#include "targets/power.hpp"

namespace mote {

std::vector<std::optional<PowerEstimate>> estimate_power(const std::vector<PeriodicWork>& work, const PowerSupply& supply) {
  std::vector<std::optional<PowerEstimate>> estimates;
  for (const ClockPoint& point : supply.points) {
    PowerEstimate estimate{.point = point};
    bool in_time = true;
    double busiest = 0;  // share of the time while everything is awake
    for (const PeriodicWork& each : work) {
      const double share = (each.cycles / point.clock_hz + 1e-6 * supply.wake_microseconds) / each.seconds;
      busiest += share;
      estimate.duty += share * each.awake_share;
    }
    in_time = busiest <= 1;
    const double run_microamperes = 1e-3 * point.nanojoules_per_cycle * point.clock_hz / supply.volts;
    estimate.run_microamperes = estimate.duty * run_microamperes;
    estimate.sleep_microamperes = (1 - estimate.duty) * supply.sleep_microamperes;
    estimate.microamperes = estimate.run_microamperes + estimate.sleep_microamperes + supply.other_microamperes;
    estimates.push_back(in_time ? std::optional(estimate) : std::nullopt);
  }
  return estimates;
}

}  // namespace mote
