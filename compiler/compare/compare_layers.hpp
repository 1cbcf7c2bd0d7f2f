#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/layer_values.hpp"

namespace mote {

/// How far two values may be apart. Quantized tensors: so many steps of the coarser scale. Others: a part of the largest value of
/// `a` in the layer. A layer in which the integers of one side lie at the end of their type while the other side goes on may have
/// so many of them; they are counted, not measured.
struct Tolerance {
  double steps = 0;
  double relative = 1e-4;
  double saturated_part = 0.01;
};

/// What both models make of the same numbers before a layer.
struct LayerAlone {
  TensorValues a, b;
};

/// Two models' values of one tensor.
struct LayerPair {
  std::string op, node;  ///< of the second model
  TensorValues a, b;
  std::optional<LayerAlone> alone;
};

/// Two values of a layer.
struct ValuePair {
  std::size_t inference = 0, index = 0;
  double a = 0, b = 0;
};

struct Deviation {
  std::int64_t values = 0, differing = 0, saturated = 0;
  double max_abs = 0, rms = 0;
  double signal_to_noise_db = 0;       ///< infinite when nothing differs
  ValuePair worst;                     ///< farthest apart, over all inferences
  std::optional<ValuePair> first_bad;  ///< beyond the tolerance, in order of inference and index
  bool within = true;
};

struct LayerDifference {
  std::string op, node, tensor_a, tensor_b;
  DataType type_a = DataType::kFloat32, type_b = DataType::kFloat32;
  Shape shape;
  double step = 0;     ///< of the coarser quantization; 0 when neither is quantized
  double allowed = 0;  ///< the largest difference within the tolerance
  Deviation total;     ///< with all that the layers before have added
  std::optional<Deviation> alone;

  /// The layer's own part decides where it is known.
  const Deviation& judged() const { return alone ? *alone : total; }
};

/// Layer by layer, in real numbers. Values that are not numbers differ by infinity from all that are.
std::vector<LayerDifference> compare_layers(const std::vector<LayerPair>& pairs, const Tolerance& tolerance);

/// The first that leaves the tolerance; null when none does.
const LayerDifference* first_divergence(const std::vector<LayerDifference>& layers);

}  // namespace mote
