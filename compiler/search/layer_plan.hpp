#pragma once

#include <string>
#include <vector>

#include "search/layer_options.hpp"
#include "search/recipe.hpp"
#include "select/plan.hpp"

namespace mote {

/// Flash and cycles of a layer: tables and code, what layers share counted in each.
struct LayerCosts {
  std::int64_t flash_bytes = 0;
  double cycles = 0;
};

/// A layer of the chosen library, and what each step there saved (below zero: cost).
struct LayerPlan {
  std::string layer, op, form, implementation;
  std::int64_t macs = 0, table_bytes = 0;
  LayerCosts costs{};
  /// Against the original with plain int8 weights, both in the implementations that are fastest.
  LayerCosts saved_by_pruning{};
  /// Of the form, and of the implementation that was chosen instead of the fastest for plain int8.
  LayerCosts saved_by_form{};
  std::optional<double> error{};  ///< that the form costs the layer's sums, a share of their size
};

/// The steps of a plan. `original` and `plain` are plans without limits: of the original, and of what pruning leaves of it, with
/// plain int8 weights. `options`: of the layers that have a form.
std::vector<LayerPlan> layer_plans(const Plan& plan, const Plan& plain, const Plan& original, const WantedForms& forms,
                                   const std::vector<LayerOptions>& options);

}  // namespace mote
