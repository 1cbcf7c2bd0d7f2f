#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compress/gram.hpp"
#include "compress/layers.hpp"
#include "compress/scheme.hpp"

namespace mote {

/// A layer (the name of its node or output, or "*" for every layer that the form suits) and the form its weights are to have.
/// Later ones win over earlier ones.
using WantedForms = std::vector<std::pair<std::string, WeightForm>>;

/// Of texts such as "int4" (every layer) and "LAYER=int4".
WantedForms wanted_forms(const std::vector<std::string>& texts);

/// A code book of a form for a layer's weights, each weighed by the mean square of what it multiplies. `scales`: as for plain
/// int8.
CodeBook layer_book(const Graph& graph, const Layer& layer, const std::vector<Gram>& grams, const WeightForm& form,
                    const std::vector<float>& scales);

/// Whether runs of taps suit the layer: it reads at least one whole run per output, and its taps stand side by side.
bool suits(const Layer& layer, const WeightForm& form);

/// Gives the scheme a code book for each layer that computes with integer activations and is to have a form. Error when a layer
/// does not exist or the form does not suit it.
void add_code_books(const Graph& graph, Scheme& scheme, const WantedForms& forms, const LayerGrams& grams);

}  // namespace mote
