#pragma once

#include <string>

#include "data/assessment.hpp"
#include "report/report.hpp"

namespace mote {

/// Where an evaluation ran and how fast.
struct EvaluationRun {
  std::string model, data, target;
  std::size_t samples = 0, lanes = 1;
  double build_seconds = 0, seconds = 0;  ///< of building the library, and of running alone
  double processor_seconds = 0;           ///< of running, over all cores
  std::vector<std::string> notes;   ///< what was done to the data
};

Json evaluation_json(const Assessment& assessment, const EvaluationRun& run);

/// Metrics as text: for classes a table, the confusion matrix (of more than 20 classes the worst mistakes) and what two classes
/// allow; for numbers their errors.
std::string evaluation_text(const Assessment& assessment, const EvaluationRun& run);

/// A row per sample: its number, file if it has one, the right answer, what was predicted, and all values.
std::string predictions_csv(const Assessment& assessment, const Samples& samples);

}  // namespace mote
