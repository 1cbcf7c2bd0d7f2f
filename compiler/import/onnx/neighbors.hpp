#pragma once

#include "import/onnx/node_reader.hpp"

namespace mote {

/// A Scan whose body computes the distances between one row and stored points, as skl2onnx writes nearest neighbours. False, with nothing
/// converted, when the loop is another one.
bool convert_distances(NodeReader& node);

}  // namespace mote
