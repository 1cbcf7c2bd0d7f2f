#include "search/layer_plan.hpp"

#include <algorithm>
#include <cmath>

namespace mote {

namespace {

LayerCosts costs_of(const Plan& plan, const Step& step) {
  LayerCosts costs{0, step.predicted_cycles};
  for (const Alternative& alternative : plan.alternatives[step.node]) {
    if (alternative.implementation == step.implementation) costs.flash_bytes = alternative.table_bytes + alternative.code_bytes;
  }
  return costs;
}

/// Of the layer with that name, or nothing.
std::optional<LayerCosts> costs_of(const Plan& plan, const Node& node) {
  for (const Step& step : plan.steps) {
    const Node& other = plan.graph.nodes[step.node];
    if (other.name == node.name && other.op->name() == node.op->name()) return costs_of(plan, step);
  }
  return std::nullopt;
}

LayerCosts less(const std::optional<LayerCosts>& before, const std::optional<LayerCosts>& after) {
  if (!before || !after) return {};
  return {before->flash_bytes - after->flash_bytes, before->cycles - after->cycles};
}

std::optional<double> error_of(const std::vector<LayerOptions>& options, const std::string& layer, const WeightForm& form) {
  for (const LayerOptions& each : options) {
    if (each.layer != layer) continue;
    for (const LayerOption& option : each.options) {
      if (option.form == form) return std::sqrt(option.error);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<LayerPlan> layer_plans(const Plan& plan, const Plan& plain, const Plan& original, const WantedForms& forms,
                                   const std::vector<LayerOptions>& options) {
  std::vector<LayerPlan> layers;
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.nodes[step.node];
    LayerPlan layer{node.name, std::string(node.op->name()), "", step.implementation};
    layer.macs = node.op->macs(NodeView(plan.graph, node));
    for (const PackedConstant& constant : step.call.constants)
      layer.table_bytes += static_cast<std::int64_t>(constant.bytes.size());
    layer.costs = costs_of(plan, step);
    const std::optional<LayerCosts> without_form = costs_of(plain, node);
    layer.saved_by_pruning = less(costs_of(original, node), without_form);
    layer.saved_by_form = less(without_form, layer.costs);
    const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& each) { return each.first == node.name; });
    if (form != forms.end()) {
      layer.form = weight_form_name(form->second);
      layer.error = error_of(options, node.name, form->second);
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace mote
