#pragma once

#include <string>
#include <vector>

#include "codegen/generate.hpp"

namespace mote {

/// A model whose memory, but for its state, is one outer memory "arena" (move_out).
struct ArenaUser {
  std::string name;
  const Plan* plan = nullptr;
};

/// The libraries of several models in one folder, and arena.hpp and arena.h: one arena for all. Models of one group, and no
/// others, keep what lies in it beside each other. Error when names or groups do not fit.
FileSet generate_shared(const std::vector<ArenaUser>& users, const std::vector<std::vector<std::string>>& groups);

/// Bytes of that arena.
std::int64_t shared_arena_bytes(const std::vector<ArenaUser>& users, const std::vector<std::vector<std::string>>& groups);

}  // namespace mote
