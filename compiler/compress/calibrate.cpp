#include "compress/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include "compress/histogram.hpp"
#include "support/error.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

/// Tensors whose values calibration looks at.
std::vector<TensorId> watched(const Graph& graph) {
  std::vector<TensorId> result = graph.inputs;
  for (const Node& node : graph.nodes) result.insert(result.end(), node.outputs.begin(), node.outputs.end());
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].is_state) result.push_back(static_cast<TensorId>(i));
  }
  std::erase_if(result, [&](TensorId id) { return !is_float(graph.tensor(id).type); });
  return result;
}

std::span<const float> floats(const Bytes& bytes) {
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

/// Runs every sample from a fresh state and lets `look(collected, evaluator)` see the values. Each thread collects for itself
/// from what `start()` gives; `join(collected)` brings the parts together, in any order.
template <typename Start, typename Look, typename Join>
void over_samples(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress, std::string_view stage,
                  Start&& start, Look&& look, Join&& join) {
  using Collected = decltype(start());
  struct Worker {
    Evaluator evaluator;
    Collected collected;
    Join* join;
    std::mutex* lock;
    Worker(const Graph& on, Collected&& empty, Join* with, std::mutex* mutex)
        : evaluator(on), collected(std::move(empty)), join(with), lock(mutex) {}
    ~Worker() {
      const std::lock_guard guard(*lock);
      (*join)(collected);
    }
  };
  std::mutex lock;
  std::mutex progress_lock;
  std::size_t done = 0;
  parallel_for(samples.size(), [&] {
    auto worker = std::make_shared<Worker>(graph, start(), &join, &lock);
    return [&, worker](std::size_t i) {
      worker->evaluator.reset();
      worker->evaluator.run(samples[i]);
      look(worker->collected, worker->evaluator, i);
      const std::lock_guard guard(progress_lock);
      ++done;
      if (progress) progress(stage, static_cast<double>(done) / static_cast<double>(samples.size()));
    };
  });
}

void check_finite(const Tensor& tensor, std::span<const float> values, std::size_t sample) {
  for (const float value : values) {
    if (std::isfinite(value)) continue;
    throw Error(fmt::format("sample {} gives {} in tensor '{}'", sample, value, tensor.name),
                "take samples out whose results are not finite, or scale the inputs as in training");
  }
}

using Ranges = std::vector<ValueRange>;

Ranges whole_ranges_of(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress) {
  const std::vector<TensorId> ids = watched(graph);
  Ranges result(graph.tensors.size());
  over_samples(
      graph, samples, progress, "ranges", [&] { return Ranges(graph.tensors.size()); },
      [&](Ranges& ranges, const Evaluator& evaluator, std::size_t sample) {
        for (const TensorId id : ids) {
          const auto values = floats(evaluator.value(id));
          check_finite(graph.tensor(id), values, sample);
          for (const float value : values) ranges[static_cast<std::size_t>(id)].include(value);
        }
      },
      [&](const Ranges& ranges) {
        for (std::size_t i = 0; i < result.size(); ++i) result[i].include(ranges[i]);
      });
  return result;
}

using Histograms = std::vector<std::optional<Histogram>>;

void add_histograms(const Graph& graph, const SampleInputs& samples, Histograms& histograms, const QuantizeProgress& progress) {
  const Histograms empty = histograms;
  over_samples(
      graph, samples, progress, "histograms", [&] { return empty; },
      [&](Histograms& mine, const Evaluator& evaluator, std::size_t) {
        for (std::size_t i = 0; i < mine.size(); ++i) {
          if (mine[i]) mine[i]->add(floats(evaluator.value(static_cast<TensorId>(i))));
        }
      },
      [&](const Histograms& theirs) {
        for (std::size_t i = 0; i < theirs.size(); ++i) {
          if (theirs[i]) histograms[i]->add(*theirs[i]);
        }
      });
}

ValueRange chosen_range(const Histogram& histogram, const CalibrationOptions& options) {
  switch (options.method) {
    case Calibration::kPercentile:
      return percentile_range(histogram, options.percentile);
    case Calibration::kMse:
      return least_squares_range(histogram, options.steps);
    case Calibration::kEntropy:
      return least_divergence_range(histogram, options.steps);
    case Calibration::kMinMax:
      break;
  }
  return histogram.whole();
}

/// Where a few values lie far out, the bins are too wide to tell where the others end: the next histogram looks closer.
std::optional<Histogram> closer(const Histogram& histogram, ValueRange chosen) {
  constexpr double kCoarse = 1.0 / 32;
  const auto length = [](ValueRange range) { return static_cast<double>(range.highest) - static_cast<double>(range.lowest); };
  if (!(length(chosen) > 0) || length(chosen) > kCoarse * length(histogram.span())) return std::nullopt;
  constexpr float kMargin = 4;
  return Histogram({std::max(chosen.lowest * kMargin, histogram.whole().lowest),
                    std::min(chosen.highest * kMargin, histogram.whole().highest)},
                   histogram.whole());
}

}  // namespace

std::vector<ValueRange> calibrate(const Graph& graph, const SampleInputs& samples, const CalibrationOptions& options,
                                  const QuantizeProgress& progress) {
  MOTE_CHECK(!samples.empty());
  Ranges ranges = whole_ranges_of(graph, samples, progress);
  if (options.method == Calibration::kMinMax) return ranges;
  Histograms histograms(graph.tensors.size());
  for (const TensorId id : watched(graph)) {
    const ValueRange whole = ranges[static_cast<std::size_t>(id)];
    const bool is_state = graph.tensor(id).is_state;  // keeps all of its range: what is cut off would come back with every run
    if (whole != ValueRange{} && !is_state) histograms[static_cast<std::size_t>(id)].emplace(whole, whole);
  }
  constexpr int kMostPasses = 4;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    add_histograms(graph, samples, histograms, progress);
    bool again = false;
    for (std::size_t i = 0; i < histograms.size(); ++i) {
      if (!histograms[i]) continue;
      ranges[i] = chosen_range(*histograms[i], options);
      histograms[i] = closer(*histograms[i], ranges[i]);
      again = again || histograms[i].has_value();
    }
    if (!again) break;
  }
  return ranges;
}

ChannelPeaks channel_peaks(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress) {
  const std::vector<TensorId> ids = watched(graph);
  ChannelPeaks empty(graph.tensors.size());
  for (const TensorId id : ids) {
    const Shape& shape = graph.tensor(id).shape;
    empty[static_cast<std::size_t>(id)].assign(shape.empty() ? 1 : static_cast<std::size_t>(shape.back()), 0.0F);
  }
  ChannelPeaks result = empty;
  over_samples(
      graph, samples, progress, "channels", [&] { return empty; },
      [&](ChannelPeaks& peaks, const Evaluator& evaluator, std::size_t) {
        for (const TensorId id : ids) {
          std::vector<float>& at = peaks[static_cast<std::size_t>(id)];
          const auto values = floats(evaluator.value(id));
          for (std::size_t i = 0; i < values.size(); ++i) at[i % at.size()] = std::max(at[i % at.size()], std::abs(values[i]));
        }
      },
      [&](const ChannelPeaks& peaks) {
        for (std::size_t i = 0; i < peaks.size(); ++i)
          for (std::size_t c = 0; c < peaks[i].size(); ++c) result[i][c] = std::max(result[i][c], peaks[i][c]);
      });
  return result;
}

}  // namespace mote
