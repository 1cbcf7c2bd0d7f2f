#pragma once

#include <optional>
#include <vector>

#include "compress/scheme.hpp"

namespace mote {

/// The scale and zero point of every float tensor as int8 and as int16, where nodes of a scheme want them. Tensors that an
/// operator keeps on one scale (QuantizationRule::Scales::kShared) get one.
class SharedScales {
 public:
  SharedScales(const Graph& graph, const Scheme& scheme);

  /// What the node that makes the tensor gives, and what a graph input has.
  Quantization made(TensorId id, DataType type) const;
  /// What a node that wants one scale for all its activations reads and writes. It differs from `made` only where another
  /// operator fixes the tensor's scale.
  Quantization shared(TensorId id, DataType type) const;

 private:
  struct Slot {
    std::size_t parent = 0;
    ValueRange range;
    std::optional<Quantization> fixed;  ///< by the operator that makes the tensor
  };
  std::size_t slot(TensorId id, DataType type) const;
  std::size_t root(std::size_t at) const;
  std::vector<Slot> slots_;
  std::vector<Quantization> of_group_;
};

}  // namespace mote
