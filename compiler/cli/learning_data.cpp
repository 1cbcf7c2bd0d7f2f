#include "cli/learning_data.hpp"

namespace mote::cli {

void add_learning_options(CLI::App& command, const std::string& what, LearningFlags& flags) {
  command.add_option("--data", flags.data, what)->required()->type_name("FILE");
  command.add_option("--test", flags.test, "Measure on these instead, with labels if possible")->type_name("FILE");
}

LearningData read_learning_data(const LearningFlags& flags, const Graph& graph) {
  LearningData data{read_samples(flags.data, graph), {}};
  if (flags.test.empty()) {
    data.test.labels = data.samples.labels;
  } else {
    Samples tests = read_samples(flags.test, graph);
    data.test = {std::move(tests.inputs), std::move(tests.labels)};
  }
  return data;
}

}  // namespace mote::cli
