#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compress/calibrate.hpp"

namespace mote {

/// What a model answers: per sample the real numbers of all outputs, one after another.
using Answers = std::vector<std::vector<float>>;

/// Runs a graph on samples of the float graph `from`, on all cores.
Answers answers_of(const Graph& from, const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress,
                   std::string_view stage);

/// What the outputs of a model mean, which decides how two models are compared.
struct OutputForm {
  enum class Decision : std::uint8_t {
    kNone,      ///< there are only values
    kScores,    ///< a row of scores: the highest names the class
    kLogistic,  ///< one probability: above one half is class 1
    kLabel,     ///< the class itself
  };
  Decision decision = Decision::kNone;
  std::size_t classes = 1;          ///< the decision is taken from so many numbers, the first of all
  std::vector<bool> is_measured{};  ///< for each number of an answer: errors count
};
OutputForm output_form(const Graph& graph, bool has_labels);

/// How near a model is to the float model.
struct Quality {
  double sqnr_db = 0;  ///< signal to quantization noise over all outputs
  double mean_abs_error = 0;
  double relative_error = 0;        ///< root mean square of the error, of that of the outputs around their mean
  std::optional<double> agreement;  ///< share of samples with the float model's class
  std::optional<double> accuracy;   ///< share of samples with the label's class
};

Quality compare_answers(const Answers& exact, const Answers& answers, const OutputForm& form,
                        const std::vector<std::int32_t>& labels);

/// The measure that `--max-drop` holds to: what is lost of accuracy against the float model's own, else of agreement, else the
/// relative error; 0.01 is one point or one percent.
double drop_of(const Quality& quality, const Quality& exact);
std::string_view drop_measure(const Quality& quality);

}  // namespace mote
