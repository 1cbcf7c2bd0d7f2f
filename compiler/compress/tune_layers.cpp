#include "compress/tune_layers.hpp"

#include <algorithm>
#include <cmath>

#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "compress/rounding.hpp"
#include "compress/to_integers.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

using SampleValues = std::vector<std::vector<float>>;

float read(const std::vector<float>& values, const WeightTaps& taps, std::size_t position, std::size_t tap, std::size_t group) {
  const std::int32_t offset = taps.offsets[position * static_cast<std::size_t>(taps.taps) + tap];
  return offset < 0 ? 0.0F : values[static_cast<std::size_t>(offset) + group * static_cast<std::size_t>(taps.group_step)];
}

/// The mean of what each tap of each group reads, over all positions and samples: [group][tap].
std::vector<double> tap_means(const SampleValues& values, const WeightTaps& taps) {
  const auto groups = static_cast<std::size_t>(taps.groups);
  const auto n = static_cast<std::size_t>(taps.taps);
  const auto positions = static_cast<std::size_t>(taps.positions);
  // Samples are added up first, element by element: a tap is a sum of elements.
  std::vector<double> sum(values[0].size(), 0.0);
  for (const auto& sample : values) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(sample[i]);
  }
  std::vector<double> means(groups * n, 0.0);
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t p = 0; p < positions; ++p)
      for (std::size_t t = 0; t < n; ++t) {
        const std::int32_t offset = taps.offsets[p * n + t];
        if (offset >= 0)
          means[g * n + t] += sum[static_cast<std::size_t>(offset) + g * static_cast<std::size_t>(taps.group_step)];
      }
  for (double& mean : means) mean /= static_cast<double>(positions * values.size());
  return means;
}

/// As many patches as keep the work of a group's moments within bounds.
std::size_t patch_budget(std::size_t taps) {
  constexpr double kMostProducts = 2e9;
  constexpr double kFewest = 2048, kMost = 16384;
  return static_cast<std::size_t>(std::clamp(kMostProducts / static_cast<double>(taps * taps), kFewest, kMost));
}

class LayerTuner {
 public:
  LayerTuner(const Graph& graph, const Layer& layer, const WeightTaps& taps, SampleValues exact, SampleValues rounded,
             const std::vector<float>& scales)
      : layer_(layer),
        taps_(taps),
        exact_(std::move(exact)),
        rounded_(std::move(rounded)),
        scales_(scales),
        weights_(weights_of(graph, layer)) {}

  /// Learned weights of all groups, in the tensor's order.
  std::vector<std::int8_t> learn(bool free_bias, RoundingGain& gain) const {
    const auto groups = static_cast<std::size_t>(taps_.groups);
    const std::size_t per_group = layer_.outputs / groups;
    std::vector<std::int8_t> codes(weights_.size());
    for (std::size_t g = 0; g < groups; ++g) {
      RoundingProblem problem = problem_of(g, per_group);
      problem.free_bias = free_bias;
      const RoundingResult result = learn_rounding(problem);
      for (std::size_t c = 0; c < per_group; ++c)
        for (std::size_t t = 0; t < layer_.taps; ++t)
          codes[weight_index(layer_, g * per_group + c, t)] = result.codes[c * layer_.taps + t];
      gain.nearest_error += result.nearest_error / static_cast<double>(groups);
      gain.learned_error += result.learned_error / static_cast<double>(groups);
    }
    return codes;
  }

  /// What each output's sum lacks on average with these weights.
  std::vector<double> missing(const std::vector<std::int8_t>& codes) const {
    const std::vector<double> exact = tap_means(exact_, taps_);
    const std::vector<double> rounded = tap_means(rounded_, taps_);
    const std::size_t per_group = layer_.outputs / static_cast<std::size_t>(taps_.groups);
    std::vector<double> result(layer_.outputs, 0.0);
    for (std::size_t c = 0; c < layer_.outputs; ++c)
      for (std::size_t t = 0; t < layer_.taps; ++t) {
        const std::size_t at = weight_index(layer_, c, t);
        const std::size_t mean = c / per_group * layer_.taps + t;
        result[c] += static_cast<double>(weights_[at]) * exact[mean] - scale(c) * codes[at] * rounded[mean];
      }
    return result;
  }

 private:
  double scale(std::size_t output) const { return static_cast<double>(scales_[scales_.size() == 1 ? 0 : output]); }

  RoundingProblem problem_of(std::size_t group, std::size_t per_group) const {
    const std::size_t n = layer_.taps;
    const auto positions = static_cast<std::size_t>(taps_.positions);
    const std::size_t total = positions * exact_.size();
    RoundingProblem problem;
    problem.patches = std::min(total, patch_budget(n));
    problem.taps = n;
    problem.channels = per_group;
    problem.activations.resize(problem.patches * n);
    problem.targets.resize(problem.patches * per_group);
    for (std::size_t c = 0; c < per_group; ++c) {
      problem.scales.push_back(static_cast<float>(scale(group * per_group + c)));
      for (std::size_t t = 0; t < n; ++t) problem.weights.push_back(weights_[weight_index(layer_, group * per_group + c, t)]);
    }
    parallel_for(problem.patches, [&] {
      return [&, exact = std::vector<float>(n)](std::size_t p) mutable {
        const std::size_t at = spread(p, problem.patches, total);
        const std::size_t sample = at / positions;
        for (std::size_t t = 0; t < n; ++t) {
          problem.activations[p * n + t] = read(rounded_[sample], taps_, at % positions, t, group);
          exact[t] = read(exact_[sample], taps_, at % positions, t, group);
        }
        for (std::size_t c = 0; c < per_group; ++c) {
          double sum = 0;
          for (std::size_t t = 0; t < n; ++t)
            sum += static_cast<double>(problem.weights[c * n + t]) * static_cast<double>(exact[t]);
          problem.targets[p * per_group + c] = static_cast<float>(sum);
        }
      };
    });
    return problem;
  }

  /// The p-th of `count` places spread over `total`, not at a fixed distance, which could fall in step with the image's rows.
  static std::size_t spread(std::size_t p, std::size_t count, std::size_t total) {
    const std::size_t from = p * total / count;
    const std::size_t to = std::max((p + 1) * total / count, from + 1);
    return from + (p * 2654435761U >> 7) % (to - from);
  }

  const Layer& layer_;
  const WeightTaps& taps_;
  SampleValues exact_, rounded_;
  const std::vector<float>& scales_;
  std::vector<float> weights_;
};

/// Puts new numbers into the constants of an integer layer.
void replace_constants(IntegerGraph& integers, const Layer& layer, const std::vector<std::int8_t>& codes,
                       const std::vector<float>& bias) {
  const Node& node = integers.graph.nodes[integers.node_of[layer.node]];
  integers.graph.tensor(node.inputs[static_cast<std::size_t>(layer.rule.input)]).data = shared_bytes(codes);
  Tensor& tensor = integers.graph.tensor(node.inputs[static_cast<std::size_t>(layer.rule.bias)]);
  tensor.data = bias_integers(bias, tensor);
}

}  // namespace

std::vector<RoundingGain> tune_layers(const Graph& graph, Scheme& scheme, const SampleInputs& samples, const TuneOptions& options,
                                      const QuantizeProgress& progress) {
  std::vector<RoundingGain> gains;
  if (!options.bias_correction && !options.learned_rounding) return gains;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto layer = layer_at(graph, n);
    if (layer && !scheme.biases.contains(n)) scheme.biases[n] = bias_of(graph, *layer);
  }
  IntegerGraph integers = to_integers(graph, scheme);
  Lockstep exact(graph, samples);
  Lockstep rounded(integers.graph, converted_inputs(graph, integers.graph, samples));
  for (std::size_t i = 0; i < integers.graph.nodes.size(); ++i) {
    const auto n = integers.origin[i];
    if (progress) progress("layers", static_cast<double>(i) / static_cast<double>(integers.graph.nodes.size()));
    if (n) {
      while (exact.next_node() < *n) exact.run_next();
      const auto layer = layer_at(graph, *n);
      const NodeView view(graph, graph.nodes[*n]);
      const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
      if (taps && has_integer_activations(integers.precision[*n])) {
        const Node& node = integers.graph.nodes[i];
        const Tensor& weights = integers.graph.tensor(node.inputs[static_cast<std::size_t>(layer->rule.input)]);
        const LayerTuner tuner(
            graph, *layer, *taps, exact.real_values(view.node().inputs[static_cast<std::size_t>(layer->input)]),
            rounded.real_values(node.inputs[static_cast<std::size_t>(layer->input)]), weights.quantization.scales);
        std::vector<std::int8_t> codes = nearest_weights(graph, *n, weights.quantization.scales);
        if (options.learned_rounding) {
          gains.push_back({graph.nodes[*n].name, 0, 0});
          codes = tuner.learn(options.bias_correction, gains.back());
          scheme.weights[*n] = codes;
        }
        std::vector<float>& bias = scheme.biases[*n];
        if (options.bias_correction) {
          const std::vector<double> missing = tuner.missing(codes);
          bias = bias_of(graph, *layer);
          for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(static_cast<double>(bias[c]) + missing[c]);
        }
        replace_constants(integers, *layer, codes, bias);
      }
    }
    rounded.run_next();
  }
  return gains;
}

}  // namespace mote
