#pragma once

#include <string>
#include <vector>

#include "data/samples.hpp"
#include "graph/graph.hpp"
#include "support/npy.hpp"

namespace mote {

/// Takes the answers of all samples as text, each a name or a number, into `samples`. Names become indices: in the order of
/// Graph::labels when the model knows its classes (an unknown one is an Error that lists all of them), else of
/// `samples.class_names`, else sorted. Numbers are class indices if they are whole, unless they are names that the model knows; they
/// are targets too.
void set_answers(Samples& samples, const std::vector<std::string>& answers, const Graph& graph);

/// The same from an array: one answer per sample as a number or text, a row of numbers per sample, or a row of zeros and a one.
void set_answers(Samples& samples, const NpyArray& answers, const Graph& graph);

}  // namespace mote
