#pragma once

#include "data/data_options.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"
#include "support/npy.hpp"

namespace mote {

/// The samples of one input in an array that users made, as the stored values of `tensor` (see convert_to): rescaled if asked.
/// Error, with what to do, when the array's shape does not hold samples of the tensor's shape (axes may be merged, split or have
/// extent 1), is empty, or has values that are not finite.
Bytes input_bytes(const NpyArray& array, const Tensor& tensor, const DataOptions& options);

}  // namespace mote
