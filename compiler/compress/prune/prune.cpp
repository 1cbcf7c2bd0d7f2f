#include "compress/prune/prune.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "compress/prune/allocation.hpp"
#include "compress/prune/elimination.hpp"
#include "compress/prune/refit.hpp"
#include "compress/prune/replay.hpp"
#include "compress/widen_weights.hpp"
#include "passes/fold_scales.hpp"
#include "passes/fuse_activations.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Enough to fit on, and to compare graphs with.
constexpr std::size_t kFitSamples = 4096, kEarlyFitSamples = 1024, kMomentSamples = 1024;

std::size_t judging_samples(const Graph& graph) {
  constexpr double kMostMacs = 1e9;
  return static_cast<std::size_t>(std::clamp(kMostMacs / std::max(1.0, static_cast<double>(total_macs(graph))), 32.0, 512.0));
}

/// How many of a group's units may be gone, at about so many places.
std::vector<std::size_t> levels_of(std::size_t units) {
  constexpr std::size_t kLevels = 8;
  std::vector<std::size_t> levels;
  for (std::size_t i = 1; i <= kLevels; ++i) {
    const std::size_t level = i * (units - 1) / kLevels;
    if (level > 0 && (levels.empty() || level > levels.back())) levels.push_back(level);
  }
  return levels;
}

/// Squared error of the answers that are measured, by their spread.
double noise_of(const Answers& exact, const Answers& answers, const OutputForm& form) {
  return std::pow(compare_answers(exact, answers, form, {}).relative_error, 2);
}

/// One graph on its way: what of the original it still has.
class Pruning {
 public:
  Pruning(const Graph& original, const SampleInputs& samples, const PruneOptions& options, const QuantizeProgress& progress)
      : original_(original),
        samples_(affordable_samples(original, samples, kFitSamples)),
        judging_(spread_over(samples_, judging_samples(original))),
        form_(output_form(original, false)),
        exact_(answers_of(original, original, judging_, {}, "")),
        options_(options),
        progress_(progress),
        graph_(original) {
    for (const Tensor& tensor : original.tensors) {
      origins_.emplace_back(tensor.is_constant() || tensor.shape.empty() ? 0 : static_cast<std::size_t>(tensor.shape.back()));
      std::iota(origins_.back().begin(), origins_.back().end(), std::size_t{0});
    }
  }

  /// Leaves at most `goal` of the cost. Before the last round, weights are fitted on fewer samples.
  void round_to(double goal, bool last) {
    const ChannelUnits units(graph_);
    const std::vector<UnitGroup> groups = unit_groups(graph_, units);
    const CostModel model(graph_, units, groups, options_.cost);
    std::vector<Elimination> eliminations;
    const std::vector<LossCurve> curves = curves_of(groups, units, eliminations);
    std::vector<std::size_t> counts;
    for (const UnitGroup& group : groups) counts.push_back(group.units.size());
    const std::vector<std::size_t> kept = allocate(model, curves, counts, goal, options_.multiple);
    std::vector<bool> keep(units.count(), true);
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (std::size_t i = 0; i < counts[g] - kept[g]; ++i)
        keep[static_cast<std::size_t>(groups[g].units[eliminations[g].order[i]])] = false;
    take(units, keep);
    fits_ = refit(original_, graph_, origins_, last ? samples_ : spread_over(samples_, kEarlyFitSamples), progress_);
  }

  const Graph& graph() const { return graph_; }
  const std::vector<LayerFit>& fits() const { return fits_; }
  std::size_t samples() const { return samples_.size(); }

 private:
  void take(const ChannelUnits& units, const std::vector<bool>& keep) {
    for (std::size_t id = 0; id < original_.tensors.size(); ++id) {
      const std::vector<bool> kept = kept_channels(units, static_cast<TensorId>(id), keep);
      std::vector<std::size_t> left;
      for (std::size_t c = 0; c < kept.size(); ++c) {
        if (kept[c]) left.push_back(origins_[id][c]);
      }
      if (!kept.empty()) origins_[id] = std::move(left);
    }
    graph_ = without_units(graph_, units, keep);
    verify(graph_);
  }

  Reader reader_of(std::size_t node, const Gram& gram, const UnitGroup& group, const ChannelUnits& units) const {
    const Layer layer = *layer_at(graph_, node);
    Reader reader{gram, weight_rows(graph_, layer), layer.outputs, std::vector<std::vector<std::size_t>>(group.units.size())};
    const auto& channels = units.of(graph_.nodes[node].inputs[0]);
    for (std::size_t u = 0; u < group.units.size(); ++u)
      for (std::size_t t = 0; t < layer.taps; ++t) {
        if (channels[t % channels.size()] == group.units[u]) reader.columns[u].push_back(t);
      }
    return reader;
  }

  /// The graph with a group's readers as they are after a step.
  Graph with_step(const UnitGroup& group, const EliminationStep& step) const {
    Graph changed = graph_;
    for (std::size_t i = 0; i < group.consumers.size(); ++i) {
      const Layer layer = *layer_at(graph_, group.consumers[i]);
      std::vector<float> weights(layer.outputs * layer.taps);
      std::vector<float> bias = bias_of(graph_, layer);
      for (std::size_t o = 0; o < layer.outputs; ++o) {
        bias[o] += step.readers[i].bias_change[o];
        for (std::size_t t = 0; t < layer.taps; ++t)
          weights[weight_index(layer, o, t)] = step.readers[i].weights[o * layer.taps + t];
      }
      set_weights(changed, layer, weights);
      set_bias(changed, layer, bias);
    }
    return changed;
  }

  std::vector<LossCurve> curves_of(const std::vector<UnitGroup>& groups, const ChannelUnits& units,
                                   std::vector<Elimination>& eliminations) const {
    const auto grams = layer_grams(graph_, spread_over(samples_, kMomentSamples), {});
    const Replay replay(graph_, judging_);
    const double base = noise_of(exact_, replay.answers(graph_, {}), form_);
    std::vector<LossCurve> curves;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (progress_) progress_("judging layers", static_cast<double>(g) / static_cast<double>(groups.size()));
      std::vector<Reader> readers;
      for (const std::size_t node : groups[g].consumers) readers.push_back(reader_of(node, grams.at(node)[0], groups[g], units));
      eliminations.push_back(eliminate(readers, groups[g].units.size(), levels_of(groups[g].units.size())));
      LossCurve curve{{{0, 0.0}}};
      for (const EliminationStep& step : eliminations.back().steps) {
        const double noise = noise_of(exact_, replay.answers(with_step(groups[g], step), groups[g].consumers), form_) - base;
        curve.points.emplace_back(step.removed, std::max(noise, curve.points.back().second));
      }
      curves.push_back(std::move(curve));
    }
    return curves;
  }

  const Graph& original_;
  SampleInputs samples_, judging_;
  OutputForm form_;
  Answers exact_;
  const PruneOptions& options_;
  const QuantizeProgress& progress_;
  Graph graph_;
  ChannelOrigins origins_;
  std::vector<LayerFit> fits_;
};

Graph prepared_for_pruning(const Graph& graph) {
  Graph result = graph;
  widen_weights(result);
  if (fuse_activations(result)) prune(result);
  if (fold_scales(result)) prune(result);
  verify(result);
  return result;
}

std::vector<PrunedLayer> layer_table(const Graph& before, const Graph& after, const std::vector<LayerFit>& fits) {
  std::vector<PrunedLayer> layers;
  for (std::size_t n = 0; n < before.nodes.size(); ++n) {
    if (!layer_at(before, n)) continue;
    const Node& node = before.nodes[n];
    PrunedLayer layer{node.name, std::string(node.op->name())};
    layer.channels_before = before.tensor(node.outputs[0]).shape.back();
    layer.channels = after.tensor(node.outputs[0]).shape.back();
    layer.macs_before = node_cost(before, n, PruneCost::kMacs);
    layer.macs = node_cost(after, n, PruneCost::kMacs);
    layer.weights_before = node_cost(before, n, PruneCost::kWeights);
    layer.weights = node_cost(after, n, PruneCost::kWeights);
    for (const LayerFit& fit : fits) {
      if (fit.node == n) layer.error = fit.error_after;
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

PruneResult prune_channels(const Graph& graph, const SampleInputs& samples, const PruneOptions& options,
                           const QuantizeProgress& progress) {
  if (samples.empty()) throw Error("there are no samples to fit on", "give at least a few dozen typical inputs");
  if (!(options.share >= 0 && options.share < 1))
    throw Error(fmt::format("a share of {} cannot go", options.share), "ask for 0% to 99%");
  PruneResult result;
  result.prepared = prepared_for_pruning(graph);
  const Graph& original = result.prepared;
  const auto whole = static_cast<double>(graph_cost(original, options.cost));
  const double goal = whole * (1 - options.share);
  Pruning pruning(original, samples, options, progress);
  for (int round = 1; round <= options.rounds && options.share > 0; ++round) {
    // Rounds take equal shares of what the one before left.
    pruning.round_to(whole * std::pow(1 - options.share, static_cast<double>(round) / options.rounds), round == options.rounds);
  }
  const auto left = static_cast<double>(graph_cost(pruning.graph(), options.cost));
  if (left > goal * (1 + 1e-9)) {
    throw Error(fmt::format("only {:.1f} % can go, not {:.1f} %", 100 * (1 - left / whole), 100 * options.share),
                "the other channels are tied to inputs, outputs or operators that must keep theirs");
  }
  result.layers = layer_table(original, pruning.graph(), pruning.fits());
  result.samples = pruning.samples();
  result.macs_before = graph_cost(original, PruneCost::kMacs);
  result.macs = graph_cost(pruning.graph(), PruneCost::kMacs);
  result.weights_before = graph_cost(original, PruneCost::kWeights);
  result.weights = graph_cost(pruning.graph(), PruneCost::kWeights);
  result.graph = pruning.graph();
  prune(result.graph);
  verify(result.graph);
  return result;
}

}  // namespace mote
