#pragma once

#include "pipeline/fitted_parameters.hpp"
#include "pipeline/flow.hpp"
#include "pipeline/section.hpp"

namespace mote {

/// How `mote fit` makes the parameters of an anomaly score; methods that learn on the device take none.
enum class AnomalyFit : std::uint8_t { kNone, kMahalanobis, kClusters, kMixture, kIsolationForest, kRanges };

/// What [anomaly] says besides the parameters: what they are fitted by.
struct AnomalySettings {
  AnomalyFit fit = AnomalyFit::kNone;
  std::int32_t clusters = 8, components = 4, trees = 50, samples = 256, seed = 1;
  bool diagonal = true;              ///< covariances of a mixture
  std::filesystem::path parameters;  ///< empty: the section names none
};

/// Reads what `mote fit` needs to know; asks for every key that is known to any part of it.
AnomalySettings read_anomaly(Section& section);

/// `[anomaly]`: the value becomes a score [1], larger is stranger. `rebuilt_from`: what went into the model, for
/// reconstruction_error. `fitted`: parameters in place of those that the section names. Gives the threshold that was fitted, if
/// one was.
std::optional<float> build_anomaly(PipelineBuilder& builder, Section& section, TensorId rebuilt_from,
                                   const FittedParameters* fitted);

}  // namespace mote
