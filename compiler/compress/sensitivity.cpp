#include "compress/sensitivity.hpp"

#include "compress/to_integers.hpp"

namespace mote {

namespace {

bool only_moves_values(const Graph& graph, std::size_t node, Precision precision) {
  if (!has_integer_activations(precision)) return false;
  const NodeView view(graph, graph.nodes[node]);
  return view.node().op->quantization(view, activation_type(precision)).scales == QuantizationRule::Scales::kShared;
}

}  // namespace

Quality measure(const Graph& graph, const Graph& made, const Yardstick& yardstick, const QuantizeProgress& progress,
                std::string_view stage) {
  const Answers answers = answers_of(graph, made, yardstick.samples, progress, stage);
  return compare_answers(yardstick.exact, answers, yardstick.form, yardstick.labels);
}

std::vector<LayerCost> sensitivity(const Graph& graph, const Scheme& scheme, const Yardstick& yardstick,
                                   const QuantizeProgress& progress) {
  std::vector<LayerCost> costs;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (scheme.nodes[n] == Precision::kFloat || !can_be(graph, n, scheme.nodes[n]) ||
        only_moves_values(graph, n, scheme.nodes[n]))
      continue;
    costs.push_back({n, graph.nodes[n].name, std::string(graph.nodes[n].op->name()), {}});
  }
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (progress) progress("sensitivity", static_cast<double>(i) / static_cast<double>(costs.size()));
    Scheme alone = scheme;
    alone.float_borders = true;
    alone.nodes.assign(graph.nodes.size(), Precision::kFloat);
    alone.nodes[costs[i].node] = scheme.nodes[costs[i].node];
    // Biases and weights were tuned for the inputs that integers give: here the input is exact.
    alone.biases.clear();
    alone.weights.clear();
    const IntegerGraph made = to_integers(graph, alone);
    costs[i].quality = measure(graph, made.graph, yardstick, {}, "");
  }
  return costs;
}

}  // namespace mote
