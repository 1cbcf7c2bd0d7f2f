#pragma once

#include <string>

#include "data/data_options.hpp"
#include "data/sound.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// How sounds become the input of a model that takes raw samples: one axis, at least kLeastRawSamples long.
struct SoundInput {
  Tensor tensor;
  DataOptions scaling;  ///< of samples from -1 to 1
  std::string rule;     ///< the scaling in words
};

/// Fewer values than this are features, not samples.
inline constexpr std::int64_t kLeastRawSamples = 2000;

/// With --mean and --scale, samples from -1 to 1 are scaled by these. Otherwise floating point inputs take -1 to 1, int16 without a
/// scale the 16 bits of the file, other integers what their scale reaches: -1 to 1 or -32768 to 32767. Error when the input takes
/// features, or its range is none of these.
SoundInput sound_input_of(const Tensor& tensor, const DataOptions& options);

/// The sound's first samples, with silence behind them when it is too short.
Bytes sound_bytes(const Sound& sound, const SoundInput& input);

}  // namespace mote
