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

std::int32_t class_of(const std::vector<float>& answer, const OutputForm& form) {
  if (form.decision == OutputForm::Decision::kLogistic) return answer[0] > 0.5F ? 1 : 0;
  if (form.decision == OutputForm::Decision::kLabel) return static_cast<std::int32_t>(std::lround(answer[0]));
  const auto end = answer.begin() + static_cast<std::ptrdiff_t>(form.classes);
  return static_cast<std::int32_t>(std::max_element(answer.begin(), end) - answer.begin());
}

OutputForm::Decision decision_of(const Graph& graph, bool has_labels) {
  using Decision = OutputForm::Decision;
  const Tensor& out = graph.tensor(graph.outputs[0]);
  if (!is_float(out.type)) return out.elements() == 1 ? Decision::kLabel : Decision::kNone;
  const bool is_row = !out.shape.empty() && out.shape.back() == out.elements();
  const std::int32_t producer = producers(graph)[static_cast<std::size_t>(graph.outputs[0])];
  const std::string_view maker = producer < 0 ? "" : graph.nodes[static_cast<std::size_t>(producer)].op->name();
  if (out.elements() == 1) return maker == "logistic" || has_labels ? Decision::kLogistic : Decision::kNone;
  const bool scores = has_labels || maker == "softmax" || maker == "log_softmax" || !graph.labels.empty();
  return is_row && scores ? Decision::kScores : Decision::kNone;
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

OutputForm output_form(const Graph& graph, bool has_labels) {
  OutputForm form{decision_of(graph, has_labels), static_cast<std::size_t>(graph.tensor(graph.outputs[0]).elements()), {}};
  for (const TensorId id : graph.outputs) {
    const Tensor& tensor = graph.tensor(id);
    form.is_measured.insert(form.is_measured.end(), static_cast<std::size_t>(tensor.elements()), is_float(tensor.type));
  }
  return form;
}

Quality compare_answers(const Answers& exact, const Answers& answers, const OutputForm& form,
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
      if (!form.is_measured[i]) continue;
      const auto value = static_cast<double>(exact[s][i]);
      const double error = static_cast<double>(answers[s][i]) - value;
      signal += value * value;
      sum += value;
      noise += error * error;
      absolute += std::abs(error);
      count += 1;
    }
    if (form.decision == OutputForm::Decision::kNone) continue;
    const std::int32_t found = class_of(answers[s], form);
    agreed += found == class_of(exact[s], form) ? 1 : 0;
    right += !labels.empty() && found == labels[s] ? 1 : 0;
  }
  Quality quality;
  const double spread = count > 0 ? signal - sum * sum / count : 0;
  quality.sqnr_db = noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  quality.mean_abs_error = count > 0 ? absolute / count : 0;
  quality.relative_error = noise > 0 ? std::sqrt(noise / std::max(spread, 1e-30)) : 0;
  if (form.decision == OutputForm::Decision::kNone) return quality;
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
