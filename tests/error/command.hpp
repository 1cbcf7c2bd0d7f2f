#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/paths.hpp"
#include "emulate/process.hpp"
#include "support/files.hpp"

namespace mote::test {

inline const std::string kActivity = std::string(kSourceDirectory) + "/examples/activity/activity.tflite";
inline const std::string kWindows = std::string(kSourceDirectory) + "/examples/activity/test_windows.npz";

/// Runs the program with these words behind it.
inline ProcessResult mote(std::vector<std::string> words) {
  words.insert(words.begin(), kProgram);
  return run_process(words);
}

/// The same with a PATH on which nothing is found.
inline ProcessResult mote_without_tools(std::vector<std::string> words) {
  words.insert(words.begin(), {"/usr/bin/env", "-u", "CXX", "PATH=/nonexistent", kProgram});
  return run_process(words);
}

}  // namespace mote::test
