#pragma once

#include "fit/rows.hpp"
#include "pipeline/anomaly_section.hpp"

namespace mote {

/// The parameters of an anomaly score from rows of normal features, by what [anomaly] says; none where the method takes none.
FittedParameters fit_anomaly(const Rows& rows, const AnomalySettings& settings);

}  // namespace mote
