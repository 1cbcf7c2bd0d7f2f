#pragma once

#include "pipeline/section.hpp"

#include "graph/source.hpp"

namespace mote {

/// What `[source]` says, beside how samples become real numbers.
struct SourceSettings {
  Source source;
  double scale = 1;  ///< real value = (sample - zero) * scale
  double zero = 0;   ///< of formats whose zero is not subtracted before the graph
};

SourceSettings read_source(Section& section);

}  // namespace mote
