#pragma once

#include "cli/command.hpp"
#include "compress/quantize.hpp"
#include "data/samples.hpp"

namespace mote::cli {

/// Files that a command learns from and measures on.
struct LearningFlags {
  std::string data, test;
};

/// `what` is learned from --data, for its help.
void add_learning_options(CLI::App& command, const std::string& what, LearningFlags& flags);

struct LearningData {
  Samples samples;
  TestData test;  ///< without --test the labels of the samples, which are then measured on
};

LearningData read_learning_data(const LearningFlags& flags, const Graph& graph);

}  // namespace mote::cli
