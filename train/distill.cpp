#include "train/distill.hpp"

#include <algorithm>
#include <cmath>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "compress/quality.hpp"
#include "compress/tensor_values.hpp"
#include "support/error.hpp"
#include "support/files.hpp"
#include "train/student.hpp"

namespace mote {

namespace {

void require_alike(const Graph& teacher, const Graph& student) {
  const auto shapes = [](const Graph& graph, const std::vector<TensorId>& ids) {
    std::vector<Shape> result;
    for (const TensorId id : ids) result.push_back(graph.tensor(id).shape);
    return result;
  };
  if (shapes(teacher, teacher.inputs) != shapes(student, student.inputs))
    throw Error("teacher and student have different inputs", "give the model that the student was made of");
  if (shapes(teacher, teacher.outputs) != shapes(student, student.outputs))
    throw Error("teacher and student have different outputs", "give the model that the student was made of");
}

double spread_of(const std::vector<float>& values) {
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto count = static_cast<double>(values.size());
  return std::max(squares / count - sum / count * (sum / count), 1e-12);
}

/// What the teacher says on some samples, for each output the variance.
std::vector<double> output_spreads(const Graph& teacher, const SampleInputs& samples) {
  constexpr std::size_t kEnough = 128;
  std::vector<std::vector<float>> values(teacher.outputs.size());
  Evaluator evaluator(teacher);
  for (std::size_t i = 0; i < std::min(kEnough, samples.size()); ++i) {
    const std::vector<Bytes> outputs = evaluator.run(samples[i * samples.size() / std::min(kEnough, samples.size())]);
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      const std::vector<float> numbers = real_numbers(teacher.tensor(teacher.outputs[o]), outputs[o]);
      values[o].insert(values[o].end(), numbers.begin(), numbers.end());
    }
  }
  std::vector<double> result;
  for (const auto& each : values) result.push_back(spread_of(each));
  return result;
}

/// How outputs are compared: scores of classes where a softmax made them, or where labels say so.
Objective objective_of(const Graph& teacher, const Graph& student, const DistillData& data, const DistillOptions& options) {
  const std::vector<bool> teacher_scores = outputs_are_scores(teacher);
  if (teacher_scores != outputs_are_scores(student))
    throw Error("one of teacher and student ends in a softmax, the other does not", "give the model that the student was made of");
  const OutputForm form = output_form(teacher, !data.labels.empty());
  Objective objective;
  const std::vector<double> spreads = output_spreads(teacher, data.inputs);
  for (std::size_t o = 0; o < teacher.outputs.size(); ++o) {
    const bool scores = teacher_scores[o] || (o == 0 && form.decision == OutputForm::Decision::kScores);
    objective.outputs.push_back({scores, spreads[o]});
  }
  objective.temperature = options.temperature;
  objective.label_share = data.labels.empty() ? 0 : options.label_share;
  return objective;
}

/// Samples as numbers, cut into those to learn from and those held back.
class Dataset {
 public:
  Dataset(const Graph& graph, const DistillData& data, double held_back) : labels_(data.labels) {
    for (const TensorId id : graph.inputs) shapes_.push_back(graph.tensor(id).shape);
    inputs_.resize(shapes_.size());
    for (const std::vector<Bytes>& sample : data.inputs)
      for (std::size_t i = 0; i < shapes_.size(); ++i) inputs_[i].push_back(real_numbers(graph.tensor(graph.inputs[i]), sample[i]));
    const auto every = static_cast<std::size_t>(std::max(2.0, std::round(1 / std::max(held_back, 1e-3))));
    for (std::size_t s = 0; s < data.inputs.size(); ++s) (s % every == every - 1 ? held_back_ : learned_).push_back(s);
    if (learned_.empty() || held_back_.empty())
      throw Error(fmt::format("{} samples are too few to train on", data.inputs.size()), "give a few hundred, the more the better");
    for (const auto& samples : inputs_) {
      std::vector<float> all;
      for (const auto& sample : samples) all.insert(all.end(), sample.begin(), sample.end());
      spreads_.push_back(std::sqrt(spread_of(all)));
    }
  }

  const std::vector<std::size_t>& learned() const { return learned_; }
  const std::vector<std::size_t>& held_back() const { return held_back_; }
  const std::vector<Shape>& shapes() const { return shapes_; }
  const std::vector<double>& spreads() const { return spreads_; }

  Batch batch(const std::vector<std::size_t>& samples, std::size_t begin, std::size_t end) const {
    Batch batch{end - begin, std::vector<std::vector<float>>(shapes_.size()), {}};
    for (std::size_t s = begin; s < end; ++s) {
      for (std::size_t i = 0; i < shapes_.size(); ++i) {
        const std::vector<float>& values = inputs_[i][samples[s]];
        batch.inputs[i].insert(batch.inputs[i].end(), values.begin(), values.end());
      }
      if (!labels_.empty()) batch.labels.push_back(labels_[samples[s]]);
    }
    return batch;
  }

  std::uint64_t fingerprint(std::uint64_t seed) const {
    for (const auto& samples : inputs_)
      for (const auto& sample : samples) seed = XXH64(sample.data(), sample.size() * sizeof(float), seed);
    return XXH64(labels_.data(), labels_.size() * sizeof(std::int32_t), seed);
  }

 private:
  std::vector<Shape> shapes_;
  std::vector<std::vector<std::vector<float>>> inputs_;  ///< [input][sample][element]
  const std::vector<std::int32_t>& labels_;
  std::vector<std::size_t> learned_, held_back_;
  std::vector<double> spreads_;
};

/// Tells apart whatever would make training end elsewhere.
std::string fingerprint_of(const Program& teacher, const Program& student, const Dataset& data, const DistillOptions& o) {
  const Augmentation& a = o.augmentation;
  const std::string settings = fmt::format("{} {} {} {} {} {} {} {} {} {} {} {}", o.epochs, o.seed, o.batch, static_cast<int>(o.optimizer),
                                           o.rate, o.temperature, o.label_share, o.held_back, a.shift, a.noise, a.flip, a.mix);
  std::uint64_t hash = XXH64(settings.data(), settings.size(), 0);
  const auto add = [&](const std::vector<float>& numbers) { hash = XXH64(numbers.data(), numbers.size() * sizeof(float), hash); };
  for (const Program* program : {&teacher, &student}) {
    for (const Program::Value& value : program->values) add(value.numbers);
    for (const Program::Step& step : program->steps) hash = XXH64(step.op.data(), step.op.size(), hash);
  }
  for (const std::vector<float>& slot : student.slots) add(slot);
  for (const Program::Parameter& parameter : student.parameters) {
    if (parameter.codes) add(parameter.codes->scales);
    if (parameter.codes) hash = XXH64(parameter.codes->codes.data(), parameter.codes->codes.size(), hash);
  }
  for (const Program::Grid& grid : student.grids) add({grid.scale, static_cast<float>(grid.zero_point)});
  return fmt::format("{:016x}", data.fingerprint(hash));
}

class Training {
 public:
  Training(LossFunction& loss, const Student& student, const Dataset& data, const DistillOptions& options, std::string fingerprint)
      : loss_(loss), student_(student), data_(data), options_(options), fingerprint_(std::move(fingerprint)) {
    const Slots& start = student.program().slots;
    if (!options.checkpoint.empty() && std::filesystem::exists(options.checkpoint)) {
      resume(start);
    } else {
      state_.slots = start;
      state_.best = start;
      state_.curve.push_back({0, held_back_loss()});
    }
  }

  /// All epochs that are left; false when asked to stop.
  bool run(const QuantizeProgress& progress, const StopRequest& stop) {
    while (state_.epochs_done < options_.epochs) {
      TrainingState before = state_;
      if (!epoch(progress, stop)) {
        state_ = std::move(before);
        return false;
      }
      if (!options_.checkpoint.empty()) write_file(options_.checkpoint, format_checkpoint({fingerprint_, state_}));
    }
    return true;
  }

  const TrainingState& state() const { return state_; }

  /// The first epoch with all the zeros that forms ask for, the first one that may be the best.
  int first_whole_epoch() const { return static_cast<int>((thinning_steps() + batches() - 1) / batches()); }

 private:
  static bool alike(const Slots& a, const Slots& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return x.size() == y.size(); });
  }

  void resume(const Slots& start) {
    with_context(options_.checkpoint.string(), [&] {
      Checkpoint checkpoint = parse_checkpoint(read_file(options_.checkpoint));
      if (checkpoint.fingerprint != fingerprint_)
        throw Error("this checkpoint is of other models, samples or options", "name another file, or remove this one to begin anew");
      const OptimizerState& optimizer = checkpoint.state.optimizer;
      if (!alike(checkpoint.state.slots, start) || !(optimizer.first.empty() || alike(optimizer.first, start)))
        throw Error("this checkpoint does not fit its fingerprint", "remove it to begin anew");
      state_ = std::move(checkpoint.state);
    });
  }

  double held_back_loss() {
    const std::vector<std::size_t>& samples = data_.held_back();
    double sum = 0;
    for (std::size_t begin = 0; begin < samples.size(); begin += kEvaluated) {
      Batch batch = data_.batch(samples, begin, std::min(begin + kEvaluated, samples.size()));
      sum += loss_.evaluate(batch, state_.slots, nullptr) * static_cast<double>(batch.count);
    }
    return sum / static_cast<double>(samples.size());
  }

  bool epoch(const QuantizeProgress& progress, const StopRequest& stop) {
    RandomBits bits(options_.seed * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(state_.epochs_done) + 1);
    const std::vector<std::size_t> order = random_order(data_.learned().size(), bits);
    std::vector<std::size_t> samples;
    for (const std::size_t at : order) samples.push_back(data_.learned()[at]);
    const std::int64_t steps = batches() * options_.epochs;
    if (state_.epochs_done == 0) student_.open(state_.slots);
    double sum = 0;
    Slots gradient;
    for (std::size_t b = 0; b < static_cast<std::size_t>(batches()); ++b) {
      if (stop && stop()) return false;
      Batch batch = data_.batch(samples, b * options_.batch, std::min((b + 1) * options_.batch, samples.size()));
      augment(batch, data_.shapes(), data_.spreads(), options_.augmentation, bits);
      const double loss = loss_.evaluate(batch, state_.slots, &gradient);
      if (!std::isfinite(loss))
        throw Error(fmt::format("the loss is not finite in epoch {}", state_.epochs_done + 1), "try a tenth of --learning-rate");
      sum += loss * static_cast<double>(batch.count);
      optimize(options_.optimizer, scheduled_rate(options_.rate, state_.optimizer.steps, steps), gradient, state_.optimizer, state_.slots);
      thin();
      if (progress) {
        const double done = state_.epochs_done + static_cast<double>(b + 1) / static_cast<double>(batches());
        progress(fmt::format("epoch {}, loss {:.4g} (before training {:.4g})", state_.epochs_done + 1, state_.curve.back().held_back,
                             state_.curve[0].held_back),
                 done / options_.epochs);
      }
    }
    ++state_.epochs_done;
    state_.curve.push_back({sum / static_cast<double>(samples.size()), held_back_loss()});
    if (state_.epochs_done >= first_whole_epoch() &&
        state_.curve.back().held_back < state_.curve[static_cast<std::size_t>(state_.best_epoch)].held_back) {
      state_.best_epoch = state_.epochs_done;
      state_.best = state_.slots;
    }
    return true;
  }

  std::int64_t batches() const { return static_cast<std::int64_t>((data_.learned().size() + options_.batch - 1) / options_.batch); }

  /// So many steps it takes until all zeros are chosen.
  std::int64_t thinning_steps() const {
    constexpr double kShare = 0.6;
    if (!student_.chooses_zeros()) return 0;
    return static_cast<std::int64_t>(std::ceil(kShare * static_cast<double>(batches() * options_.epochs)));
  }

  /// More and more of the smallest weights become zero, ever more slowly (Zhu and Gupta, "To prune, or not to prune", 2017).
  void thin() {
    constexpr std::int64_t kEvery = 8;
    const std::int64_t step = state_.optimizer.steps;
    const std::int64_t last = thinning_steps();
    if (step > last || (step % kEvery != 0 && step != last)) return;
    const double left = 1 - static_cast<double>(step) / static_cast<double>(last);
    student_.thin(state_.slots, 1 - left * left * left);
  }

  static constexpr std::size_t kEvaluated = 128;
  LossFunction& loss_;
  const Student& student_;
  const Dataset& data_;
  const DistillOptions& options_;
  std::string fingerprint_;
  TrainingState state_;
};

}  // namespace

DistillResult distill(const Graph& teacher, const Graph& student, const Scheme& scheme, const DistillData& data,
                      const DistillOptions& options, const QuantizeProgress& progress, const StopRequest& stop) {
  require_alike(teacher, student);
  if (!data.labels.empty() && data.labels.size() != data.inputs.size())
    throw Error(fmt::format("{} labels for {} samples", data.labels.size(), data.inputs.size()));
  const Dataset dataset(student, data, options.held_back);
  const Program teaches = with_context("the teacher", [&] { return teacher_program(teacher); });
  const Student learns(student, scheme);
  const auto loss = make_loss_function(options.module, teaches, learns.program(), objective_of(teacher, student, data, options));
  Training training(*loss, learns, dataset, options, fingerprint_of(teaches, learns.program(), dataset, options));
  DistillResult result;
  result.resumed_after = training.state().epochs_done;
  result.stopped = !training.run(progress, stop);
  Student::Trained trained = learns.trained(training.state().best);
  verify(trained.graph);
  result.graph = std::move(trained.graph);
  result.scheme = std::move(trained.scheme);
  result.curve = training.state().curve;
  result.best_epoch = training.state().best_epoch;
  if (learns.chooses_zeros()) result.zeros_chosen_in = training.first_whole_epoch();
  result.learned_from = dataset.learned().size();
  result.held_back = dataset.held_back().size();
  return result;
}

}  // namespace mote
