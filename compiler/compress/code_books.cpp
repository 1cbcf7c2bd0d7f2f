#include "compress/code_books.hpp"

#include <fmt/ranges.h>

#include "support/error.hpp"

namespace mote {

namespace {

/// Why a layer cannot have the form; empty when it can.
std::string objection(const Graph& graph, const Scheme& scheme, std::size_t n, const WeightForm& form) {
  const auto layer = layer_at(graph, n);
  const NodeView view(graph, graph.nodes[n]);
  const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
  if (!taps) return "it has no constant float weights that are fitted";
  if (!has_integer_activations(scheme.nodes[n])) return "it does not compute with integers";
  if (!suits(*layer, form))
    return fmt::format("an output reads {} weights, which are not whole runs of {}", layer->taps, form.of);
  return "";
}

std::vector<std::string> names_of(const Graph& graph, std::size_t n) {
  return {graph.nodes[n].name, graph.tensor(graph.nodes[n].outputs[0]).name};
}

/// The form of each node that is to have one.
std::map<std::size_t, WeightForm> forms_by_node(const Graph& graph, const Scheme& scheme, const WantedForms& forms) {
  std::map<std::size_t, WeightForm> result;
  for (const auto& [name, form] : forms) {
    bool found = false;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const std::vector<std::string> names = names_of(graph, n);
      if (name != "*" && name != names[0] && name != names[1]) continue;
      found = true;
      const std::string reason = objection(graph, scheme, n, form);
      if (name != "*" && !reason.empty())
        throw Error(fmt::format("layer '{}' cannot have weights of {}: {}", name, weight_form_name(form), reason));
      if (reason.empty()) result[n] = form;
    }
    if (found) continue;
    std::vector<std::string> layers;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      if (layer_at(graph, n)) layers.push_back(graph.nodes[n].name);
    }
    throw Error(fmt::format("there is no layer '{}'", name), fmt::format("layers with weights: {}", fmt::join(layers, ", ")));
  }
  std::erase_if(result, [](const auto& entry) { return entry.second.is_plain(); });
  return result;
}

}  // namespace

WantedForms wanted_forms(const std::vector<std::string>& texts) {
  WantedForms forms;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    const bool named = equals != std::string::npos;
    forms.emplace_back(named ? text.substr(0, equals) : "*", parse_weight_form(named ? text.substr(equals + 1) : text));
  }
  return forms;
}

CodeBook layer_book(const Graph& graph, const Layer& layer, const std::vector<Gram>& grams, const WeightForm& form,
                    const std::vector<float>& scales) {
  std::vector<double> importance;
  for (std::size_t c = 0; c < layer.outputs; ++c) {
    const Gram& gram = grams[c / (layer.outputs / grams.size())];
    for (std::size_t t = 0; t < layer.taps; ++t) importance.push_back(gram.square[t * layer.taps + t]);
  }
  return make_code_book(form, weight_rows(graph, layer), importance, scales);
}

bool suits(const Layer& layer, const WeightForm& form) {
  return form.of == 0 || (layer.rule.output_axis == 0 && layer.taps % static_cast<std::size_t>(form.of) == 0);
}

void add_code_books(const Graph& graph, Scheme& scheme, const WantedForms& forms, const LayerGrams& grams) {
  for (const auto& [n, form] : forms_by_node(graph, scheme, forms)) {
    const Layer layer = layer_at(graph, n).value();
    const TensorId input = graph.nodes[n].inputs[static_cast<std::size_t>(layer.input)];
    const Quantization quantization =
        quantization_of(scheme.ranges[static_cast<std::size_t>(input)], activation_type(scheme.nodes[n]));
    scheme.books[n] = layer_book(graph, layer, grams.at(n), form, weight_scales(graph, n, quantization.scales[0]));
  }
}

}  // namespace mote
