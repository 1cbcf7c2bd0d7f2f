#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/evaluate.hpp"
#include "select/plan.hpp"

namespace mote {

/// What a library may take at most.
struct Budget {
  std::optional<std::int64_t> flash_bytes;  ///< code and tables that the model adds to a firmware
  std::optional<std::int64_t> ram_bytes;    ///< the model object and the deepest stack of its run()
  std::optional<double> milliseconds;       ///< of one inference
  std::optional<double> millijoules;

  bool empty() const { return !flash_bytes && !ram_bytes && !milliseconds && !millijoules; }
};

/// A budget, and the board that time and energy are of where the text names one.
struct BudgetRequest {
  Budget budget;
  std::string board;
};

/// "flash=64K,ram=24K,latency=30ms@nucleo-l4r5zi,energy=1mJ", any of them in any order. Bytes may end in K or M (1024), times in
/// us, ms or s, energy in uJ or mJ. Error that names the part that is none.
BudgetRequest parse_budget(std::string_view text);

/// What a library takes; time and energy are known where the target has a clock and an energy per cycle.
struct Cost {
  std::int64_t flash_bytes = 0, ram_bytes = 0;
  double cycles = 0;
  std::optional<double> milliseconds, millijoules;
};

/// A cost from its parts, with time and energy on the target.
Cost cost_of(const Target& target, std::int64_t flash_bytes, std::int64_t ram_bytes, double cycles);

/// By selection's predictions: tables and arena are exact, code and cycles are close.
Cost predicted_cost(const Plan& plan);

/// Builds the library and runs it once on the plan's emulated board. Error when the board cannot be emulated.
Cost measured_cost(const Plan& plan, const std::vector<Bytes>& inputs);

/// A part of a budget with what a cost takes of it.
struct Limit {
  std::string_view name, unit;
  std::optional<double> most;
  double (*taken)(const Cost&);  ///< 0 where it is unknown

  std::string shown(double value) const;
};
std::array<Limit, 4> limits_of(const Budget& budget);

/// Which parts of a budget a cost exceeds, each with both figures; empty when it holds.
std::vector<std::string> violations(const Budget& budget, const Cost& cost);
inline bool holds(const Budget& budget, const Cost& cost) { return violations(budget, cost).empty(); }

}  // namespace mote
