#pragma once

#include <string_view>

#include "data/samples.hpp"

namespace mote {

/// Samples of a .csv, a row each. One number with a point makes all of the file real; otherwise integers are stored values. Text
/// where a number is needed, missing cells (unless NaN is allowed) and another number of columns than the model takes are Errors
/// that name line and column.
Samples samples_from_csv(std::string_view text, const Graph& graph, const DataOptions& options);

}  // namespace mote
