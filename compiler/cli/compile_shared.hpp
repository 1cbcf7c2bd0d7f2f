#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace mote::cli {

/// Several models whose libraries share an arena.
struct SharedOptions {
  ModelOptions model;               ///< of the first; the others have the same but for their file
  std::vector<std::string> others;  ///< files
  std::vector<std::string> together;
  SelectionFlags selection;
  TargetFlags target;
  std::string directory;
};

ExitCode compile_shared(const SharedOptions& options);

}  // namespace mote::cli
