#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compress/calibrate.hpp"
#include "compress/scheme.hpp"

namespace mote {

/// A layer (the name of its node or output, or "*" for every layer that the form suits) and the form its weights are to have.
/// Later ones win over earlier ones.
using WantedForms = std::vector<std::pair<std::string, WeightForm>>;

/// Of texts such as "int4" (every layer) and "LAYER=int4".
WantedForms wanted_forms(const std::vector<std::string>& texts);

/// Gives the scheme a code book for each layer that computes with integer activations and is to have a form. Runs of taps (N:M)
/// suit layers that read at least one whole run per output. Error when a layer does not exist or the form does not suit it.
void add_code_books(const Graph& graph, Scheme& scheme, const WantedForms& forms, const SampleInputs& samples,
                    const QuantizeProgress& progress);

}  // namespace mote
