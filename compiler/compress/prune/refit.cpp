#include "compress/prune/refit.hpp"

#include <algorithm>
#include <limits>

#include "compress/gram.hpp"
#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "compress/prune/refit_layer.hpp"
#include "graph/fused_activation.hpp"

namespace mote {

namespace {

/// What the activation clamps to; nothing when it is no clamp.
std::optional<std::pair<float, float>> clamp_of(const Operator& op) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (fused_activation(op).value_or(Activation::kNone)) {
    case Activation::kNone:
      return std::pair{-kInfinity, kInfinity};
    case Activation::kRelu:
      return std::pair{0.0F, kInfinity};
    case Activation::kRelu6:
      return std::pair{0.0F, 6.0F};
    case Activation::kReluN1To1:
      return std::pair{-1.0F, 1.0F};
    default:
      return std::nullopt;
  }
}

/// Constants of their own for each layer, so that they can change in place.
void own_constants(Graph& graph) {
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const auto layer = layer_at(graph, n);
    if (!layer) continue;
    set_weights(graph, *layer, weights_of(graph, *layer));
    set_bias(graph, *layer, bias_of(graph, *layer));
  }
}

class LayerRefit {
 public:
  LayerRefit(Graph& graph, const Layer& layer, const WeightTaps& taps, std::pair<float, float> clamp)
      : graph_(graph), layer_(layer), taps_(taps), clamp_(clamp), weights_(weights_of(graph, layer)), bias_(bias_of(graph, layer)) {}

  /// `inputs` of the pruned layer, and what its outputs should be.
  LayerFit fit(const SampleValues& inputs, const SampleValues& outputs) {
    const auto groups = static_cast<std::size_t>(taps_.groups);
    const RowChoice rows(static_cast<std::size_t>(taps_.positions), inputs.size(), row_budget(layer_.taps));
    LayerFit result{layer_.node, 0, 0};
    for (std::size_t g = 0; g < groups; ++g) {
      const RefitResult fit = refit_layer(problem_of(g, rows, inputs, outputs));
      take(g, fit);
      result.error_before += fit.error_before / static_cast<double>(groups);
      result.error_after += fit.error_after / static_cast<double>(groups);
    }
    store();
    return result;
  }

 private:
  std::size_t per_group() const { return layer_.outputs / static_cast<std::size_t>(taps_.groups); }

  RefitProblem problem_of(std::size_t group, const RowChoice& rows, const SampleValues& inputs, const SampleValues& outputs) const {
    constexpr std::size_t kHeldBack = 5;
    RefitProblem problem{layer_.taps, per_group(), columns_of(inputs, taps_, rows, group), {}, {}, clamp_, {}, {}};
    for (std::size_t r = 0; r < rows.count(); ++r) {
      const RowChoice::Row row = rows[r];
      problem.held_back.push_back(row.sample % kHeldBack == kHeldBack - 1);
      for (std::size_t c = 0; c < problem.outputs; ++c)
        problem.targets.push_back(outputs[row.sample][row.position * layer_.outputs + group * problem.outputs + c]);
    }
    for (std::size_t c = 0; c < problem.outputs; ++c) {
      const std::size_t output = group * problem.outputs + c;
      problem.bias.push_back(bias_[output]);
      for (std::size_t t = 0; t < layer_.taps; ++t) problem.weights.push_back(weights_[weight_index(layer_, output, t)]);
    }
    return problem;
  }

  void take(std::size_t group, const RefitResult& fit) {
    for (std::size_t c = 0; c < per_group(); ++c) {
      const std::size_t output = group * per_group() + c;
      bias_[output] = fit.bias[c];
      for (std::size_t t = 0; t < layer_.taps; ++t) weights_[weight_index(layer_, output, t)] = fit.weights[c * layer_.taps + t];
    }
  }

  void store() {
    const Node& node = graph_.nodes[layer_.node];
    graph_.tensor(node.inputs[static_cast<std::size_t>(layer_.rule.input)]).data = shared_bytes(weights_);
    graph_.tensor(node.inputs[static_cast<std::size_t>(layer_.rule.bias)]).data = shared_bytes(bias_);
  }

  Graph& graph_;
  const Layer& layer_;
  const WeightTaps& taps_;
  std::pair<float, float> clamp_;
  std::vector<float> weights_, bias_;
};

/// Both graphs side by side on the same samples.
class Pair {
 public:
  Pair(const Graph& original, const Graph& pruned, const ChannelOrigins& origins, const SampleInputs& samples)
      : original_(original), pruned_(pruned), origins_(origins), exact_(original, samples), now_(pruned, samples), readers_(consumers(pruned)) {}

  Lockstep& exact() { return exact_; }
  Lockstep& now() { return now_; }

  /// The original's values of the channels that are left.
  SampleValues wanted(TensorId id) const {
    const auto& origin = origins_[static_cast<std::size_t>(id)];
    const auto channels = static_cast<std::size_t>(original_.tensor(id).shape.back());
    SampleValues result = exact_.real_values(id);
    for (auto& sample : result) {
      for (std::size_t i = 0; i < sample.size() / channels * origin.size(); ++i)
        sample[i] = sample[i / origin.size() * channels + origin[i % origin.size()]];
      sample.resize(sample.size() / channels * origin.size());
    }
    return result;
  }

  /// What a layer should give: the original's outputs; where they are only added to a value that is known already, also what that
  /// value lacks.
  SampleValues wanted_outputs(TensorId out) const {
    SampleValues result = wanted(out);
    const TensorId beside = other_summand(out);
    if (beside == kNoTensor) return result;
    const SampleValues should = wanted(beside);
    const SampleValues is = now_.real_values(beside);
    for (std::size_t s = 0; s < result.size(); ++s)
      for (std::size_t i = 0; i < result[s].size(); ++i) result[s][i] += should[s][i] - is[s][i];
    return result;
  }

 private:
  /// What `id` is added to and nothing else reads `id`; that it is computed by now, with the same shape.
  TensorId other_summand(TensorId id) const {
    const auto& readers = readers_[static_cast<std::size_t>(id)];
    if (readers.size() != 1) return kNoTensor;
    const Node& node = pruned_.nodes[static_cast<std::size_t>(readers[0])];
    if (node.op->name() != "add" || node.inputs[0] == node.inputs[1]) return kNoTensor;
    const TensorId other = node.inputs[node.inputs[0] == id ? 1 : 0];
    const bool known = !pruned_.tensor(other).is_constant() && !now_.value(0, other).empty();
    return known && pruned_.tensor(other).shape == pruned_.tensor(id).shape ? other : kNoTensor;
  }

  const Graph& original_;
  const Graph& pruned_;
  const ChannelOrigins& origins_;
  Lockstep exact_, now_;
  std::vector<std::vector<std::int32_t>> readers_;
};

}  // namespace

SampleInputs affordable_samples(const Graph& graph, const SampleInputs& samples, std::size_t most) {
  constexpr double kMostBytes = 4e8;
  std::int64_t largest = 1;
  for (const Node& node : graph.nodes) {
    std::int64_t bytes = 0;
    for (const auto* list : {&node.inputs, &node.outputs})
      for (const TensorId id : *list) bytes += id == kNoTensor || graph.tensor(id).is_constant() ? 0 : graph.tensor(id).bytes();
    largest = std::max(largest, bytes);
  }
  const auto count = static_cast<std::size_t>(std::max(1.0, kMostBytes / static_cast<double>(largest)));
  return spread_over(samples, std::min(most, count));
}

std::vector<LayerFit> refit(const Graph& original, Graph& pruned, const ChannelOrigins& origins, const SampleInputs& samples,
                            const QuantizeProgress& progress) {
  own_constants(pruned);
  std::vector<LayerFit> fits;
  Pair pair(original, pruned, origins, samples);
  for (std::size_t n = 0; n < pruned.nodes.size(); ++n) {
    if (progress) progress("fitting", static_cast<double>(n) / static_cast<double>(pruned.nodes.size()));
    pair.exact().run_next();
    const auto layer = layer_at(pruned, n);
    const NodeView view(pruned, pruned.nodes[n]);
    const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
    const auto clamp = clamp_of(*view.node().op);
    if (taps && clamp && !view.input(layer->input).is_constant()) {
      const TensorId in = view.node().inputs[static_cast<std::size_t>(layer->input)];
      const TensorId out = view.node().outputs[0];
      LayerRefit fitting(pruned, *layer, *taps, *clamp);
      const bool adds = clamp->first == -std::numeric_limits<float>::infinity() && clamp->second == -clamp->first;
      fits.push_back(fitting.fit(pair.now().real_values(in), adds ? pair.wanted_outputs(out) : pair.wanted(out)));
    }
    pair.now().run_next();
  }
  return fits;
}

}  // namespace mote
