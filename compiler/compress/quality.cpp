#include "compress/quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "compress/lockstep.hpp"
#include "graph/operator.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

std::int32_t class_of(const std::vector<float>& answer, std::size_t classes, OutputKind kind) {
  if (kind == OutputKind::kLogistic) return answer[0] > 0.5F ? 1 : 0;
  return static_cast<std::int32_t>(std::max_element(answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(classes)) -
                                   answer.begin());
}

}  // namespace

Answers answers_of(const Graph& from, const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress,
                   std::string_view stage) {
  const SampleInputs inputs = converted_inputs(from, graph, samples);
  Answers answers(samples.size());
  std::mutex lock;
  std::size_t done = 0;
  parallel_for(samples.size(), [&] {
    return [&, evaluator = Evaluator(graph)](std::size_t s) mutable {
      evaluator.reset();
      const std::vector<Bytes> outputs = evaluator.run(inputs[s]);
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const std::vector<float> values = real_numbers(graph.tensor(graph.outputs[i]), outputs[i]);
        answers[s].insert(answers[s].end(), values.begin(), values.end());
      }
      const std::lock_guard guard(lock);
      ++done;
      if (progress) progress(stage, static_cast<double>(done) / static_cast<double>(samples.size()));
    };
  });
  return answers;
}

OutputKind output_kind(const Graph& graph, bool has_labels) {
  const Tensor& out = graph.tensor(graph.outputs[0]);
  const bool is_row = !out.shape.empty() && out.shape.back() == out.elements();
  const std::int32_t producer = producers(graph)[static_cast<std::size_t>(graph.outputs[0])];
  const std::string_view maker = producer < 0 ? "" : graph.nodes[static_cast<std::size_t>(producer)].op->name();
  if (out.elements() == 1) return maker == "logistic" || has_labels ? OutputKind::kLogistic : OutputKind::kValues;
  if (is_row && (has_labels || maker == "softmax" || maker == "log_softmax" || !graph.labels.empty())) return OutputKind::kScores;
  return OutputKind::kValues;
}

Quality compare_answers(const Answers& exact, const Answers& answers, std::size_t classes, OutputKind kind,
                        const std::vector<std::int32_t>& labels) {
  double signal = 0;
  double noise = 0;
  double absolute = 0;
  double sum = 0;
  double count = 0;
  std::size_t agreed = 0;
  std::size_t right = 0;
  for (std::size_t s = 0; s < exact.size(); ++s) {
    for (std::size_t i = 0; i < exact[s].size(); ++i) {
      const auto value = static_cast<double>(exact[s][i]);
      const double error = static_cast<double>(answers[s][i]) - value;
      signal += value * value;
      sum += value;
      noise += error * error;
      absolute += std::abs(error);
    }
    count += static_cast<double>(exact[s].size());
    if (kind == OutputKind::kValues) continue;
    const std::int32_t found = class_of(answers[s], classes, kind);
    agreed += found == class_of(exact[s], classes, kind) ? 1 : 0;
    right += !labels.empty() && found == labels[s] ? 1 : 0;
  }
  Quality quality;
  const double spread = signal - sum * sum / count;
  quality.sqnr_db = noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  quality.mean_abs_error = absolute / count;
  quality.relative_error = noise > 0 ? std::sqrt(noise / spread) : 0;
  if (kind == OutputKind::kValues) return quality;
  quality.agreement = static_cast<double>(agreed) / static_cast<double>(exact.size());
  if (!labels.empty()) quality.accuracy = static_cast<double>(right) / static_cast<double>(exact.size());
  return quality;
}

double drop_of(const Quality& quality, const Quality& exact) {
  if (quality.accuracy) return *exact.accuracy - *quality.accuracy;
  if (quality.agreement) return 1 - *quality.agreement;
  return quality.relative_error;
}

std::string_view drop_measure(const Quality& quality) {
  if (quality.accuracy) return "accuracy";
  return quality.agreement ? "agreement with the float model" : "relative error of the outputs";
}

}  // namespace mote
