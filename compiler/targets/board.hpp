#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "targets/board_memory.hpp"
#include "targets/target.hpp"

namespace mote {

/// A clock that a board can run at, and what a cycle then costs.
struct ClockPoint {
  double clock_hz = 0;
  double nanojoules_per_cycle = 0;  ///< 0: not known
};

/// What a board draws while it waits for samples, its memory kept.
struct SleepMode {
  std::string mode;           ///< in the maker's words; empty: nothing is known
  double microamperes = 0;
  double wake_microseconds = 0;  ///< until code runs again
};

/// A board that one can buy, read from its data file: a core, how fast it runs, how much memory it has and what a cycle costs.
struct Board {
  std::string name, description;
  std::string target;  ///< the core, by its target's name
  double clock_hz = 0;
  std::int64_t flash_bytes = 0, ram_bytes = 0;
  double nanojoules_per_cycle = 0;  ///< of the whole board while it computes; 0 when nobody has published it
  double volts = 0;                            ///< that currents are given for; 0: none are
  std::vector<ClockPoint> slower_points = {};  ///< other clocks, with their own cost
  SleepMode sleep = {};
  /// What data and constants can lie in, RAM before flash, and the nearest to the core first.
  std::vector<BoardMemory> memories = {};
  std::string source;               ///< datasheet and measurement the numbers come from

  /// Its core, with the board's clock and energy.
  Target as_target() const;
};

/// Every board, in the order of their names.
const std::vector<Board>& all_boards();

/// The board of that name; an Error that lists the known ones otherwise.
const Board& find_board(std::string_view name);

}  // namespace mote
