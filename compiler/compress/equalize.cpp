#include "compress/equalize.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "graph/fused_activation.hpp"
#include "compress/layers.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

constexpr int kSweeps = 3, kLargestExponent = 12;

bool keeps_ratios(const Operator& op) {
  const Activation activation = fused_activation(op).value_or(Activation::kNone);
  return activation == Activation::kNone || activation == Activation::kRelu;
}

/// Two layers with nothing but scale-keeping operators between them.
struct LayerPair {
  Layer first, second;
};

/// The one node that reads a tensor.
std::optional<std::size_t> only_reader(const Graph& graph, TensorId id) {
  if (use_count(graph, id) != 1 || is_graph_output(graph, id)) return std::nullopt;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& inputs = graph.nodes[i].inputs;
    if (std::find(inputs.begin(), inputs.end(), id) != inputs.end()) return i;
  }
  return std::nullopt;
}

/// Whether input channels of the second layer are the innermost axis of its activations, all of them or one for each output.
bool reads_channels(const Graph& graph, const Layer& second, std::size_t channels) {
  const NodeView view(graph, graph.nodes[second.node]);
  const Shape& in = view.input(second.input).shape;
  if (in.empty() || static_cast<std::size_t>(in.back()) != channels) return false;
  if (!second.rule.input_axis) return second.outputs % channels == 0;
  return static_cast<std::size_t>(view.input(second.rule.input).shape[static_cast<std::size_t>(*second.rule.input_axis)]) ==
         channels;
}

std::optional<LayerPair> pair_from(const Graph& graph, std::size_t node) {
  const auto first = layer_at(graph, node);
  if (!first || !keeps_ratios(*graph.nodes[node].op)) return std::nullopt;
  for (auto next = only_reader(graph, graph.nodes[node].outputs[0]); next;
       next = only_reader(graph, graph.nodes[*next].outputs[0])) {
    if (const auto second = layer_at(graph, *next)) {
      if (!reads_channels(graph, *second, first->outputs)) return std::nullopt;
      return LayerPair{*first, *second};
    }
    const NodeView view(graph, graph.nodes[*next]);
    const bool passes = view.node().op->quantization(view, DataType::kInt8).passes_channel_scales;
    if (!passes || !keeps_ratios(*view.node().op)) return std::nullopt;
  }
  return std::nullopt;
}

/// Which channel of its activations a weight of the second layer multiplies.
std::size_t input_channel(const Layer& second, std::size_t channels, std::size_t output, std::size_t tap) {
  return second.rule.input_axis ? tap % channels : output / (second.outputs / channels);
}

/// 2^exponent for each channel: what its activations are multiplied by.
std::vector<int> exponents(const Graph& graph, const LayerPair& pair, const std::vector<float>& peaks) {
  const std::size_t channels = pair.first.outputs;
  std::vector<float> reach(channels, 0.0F);  // of the weights that read the channel
  const std::vector<float> weights = weights_of(graph, pair.second);
  for (std::size_t o = 0; o < pair.second.outputs; ++o)
    for (std::size_t t = 0; t < pair.second.taps; ++t) {
      float& largest = reach[input_channel(pair.second, channels, o, t)];
      largest = std::max(largest, std::abs(weights[weight_index(pair.second, o, t)]));
    }
  std::vector<double> wanted(channels, 0.0);  // log2; where all is zero, nothing is wanted
  double highest = -1e300;
  for (std::size_t c = 0; c < channels; ++c) {
    if (!(peaks[c] > 0.0F) || !(reach[c] > 0.0F)) continue;
    // A depthwise layer has a scale of its own for each channel: only the activations count. Else both sides share the loss.
    const double peak = std::log2(static_cast<double>(peaks[c]));
    wanted[c] = pair.second.rule.input_axis ? 0.5 * (std::log2(static_cast<double>(reach[c])) - peak) : -peak;
    highest = std::max(highest, -wanted[c]);
  }
  std::vector<int> result(channels, 0);
  for (std::size_t c = 0; c < channels; ++c) {
    if (!(peaks[c] > 0.0F) || !(reach[c] > 0.0F)) continue;
    result[c] = std::min(static_cast<int>(std::lround(wanted[c] + highest)), kLargestExponent);
  }
  return result;
}

/// Whether all scaled values are zero or normal, so that powers of two change no bit of a mantissa.
bool stays_exact(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return value == 0.0F || std::isnormal(value); });
}

bool apply(Graph& graph, const LayerPair& pair, const std::vector<int>& by) {
  const std::size_t channels = pair.first.outputs;
  std::vector<float> before = weights_of(graph, pair.first);
  std::vector<float> bias = bias_of(graph, pair.first);
  std::vector<float> behind = weights_of(graph, pair.second);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t t = 0; t < pair.first.taps; ++t) {
      float& weight = before[weight_index(pair.first, c, t)];
      weight = std::ldexp(weight, by[c]);
    }
    bias[c] = std::ldexp(bias[c], by[c]);
  }
  for (std::size_t o = 0; o < pair.second.outputs; ++o)
    for (std::size_t t = 0; t < pair.second.taps; ++t) {
      float& weight = behind[weight_index(pair.second, o, t)];
      weight = std::ldexp(weight, -by[input_channel(pair.second, channels, o, t)]);
    }
  if (!stays_exact(before) || !stays_exact(bias) || !stays_exact(behind)) return false;
  set_weights(graph, pair.first, before);
  set_bias(graph, pair.first, bias);
  set_weights(graph, pair.second, behind);
  return true;
}

}  // namespace

int equalize(Graph& graph, const ChannelPeaks& measured) {
  ChannelPeaks peaks = measured;
  std::set<std::size_t> changed;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const auto pair = pair_from(graph, i);
      if (!pair) continue;
      std::vector<float>& at = peaks[static_cast<std::size_t>(graph.nodes[i].outputs[0])];
      if (at.size() != pair->first.outputs) continue;
      const std::vector<int> by = exponents(graph, *pair, at);
      if (std::all_of(by.begin(), by.end(), [](int exponent) { return exponent == 0; })) continue;
      if (!apply(graph, *pair, by)) continue;
      for (std::size_t c = 0; c < at.size(); ++c) at[c] = std::ldexp(at[c], by[c]);
      changed.insert(i);
    }
  }
  if (!changed.empty()) prune(graph);
  return static_cast<int>(changed.size());
}

}  // namespace mote
