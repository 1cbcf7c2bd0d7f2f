#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "compare/compare_layers.hpp"
#include "support/npy.hpp"

namespace mote {

/// Pairs what a model's tensors hold with what another runtime has dumped of them: arrays named for the tensors, for one inference
/// or for all of them along a leading axis. Floating point is taken as real numbers, integers by the scale of our tensor (uint8 for
/// int8: moved by 128). Images with channels first are brought into our order. Arrays that are named for no tensor are
/// left out. Error when none is, or when one does not fit its tensor.
std::vector<LayerPair> pair_with_dump(const LayerValues& layers, const std::map<std::string, NpyArray>& arrays);

}  // namespace mote
