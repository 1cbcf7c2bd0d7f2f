#pragma once

#include <string>
#include <vector>

#include "select/plan.hpp"
#include "targets/board_memory.hpp"

namespace mote {

/// A memory that the user gives a model: how much of it, and what an access costs beside the others (cycles, or its rank).
struct GivenMemory {
  std::string name;
  std::int64_t bytes = 0;
  double access_cost = 1;
};

/// "dtcm=64K,sram=256K", the fastest first: names with bytes (K: 1024, M: 1024 K); without bytes, all of the board's memory of
/// that name. An access costs the board's cycles where they are known of all, else its place in the list. Error when the text is
/// not that.
std::vector<GivenMemory> parse_memories(std::string_view text, const std::vector<BoardMemory>& of_board = {});

/// How often the bytes of each of the plan's buffers are read and written in one inference, roughly: a result is written once,
/// and an operand is read once, or as often as the operator multiplies.
std::vector<double> buffer_accesses(const Plan& plan);

/// Moves everything but state out of the model object, to the memories, what is used most to the cheapest. Error when it does not
/// fit.
void spread_over(Plan& plan, const std::vector<GivenMemory>& memories);

}  // namespace mote
