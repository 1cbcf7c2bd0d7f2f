#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/tensor_values.hpp"
#include "compress/weight_form.hpp"
#include "graph/graph.hpp"
#include "graph/operator.hpp"

namespace mote {

/// What a node computes with.
enum class Precision : std::uint8_t {
  kFloat,
  kWeights,  ///< float activations, int8 weights
  kInt8,     ///< int8 activations and weights
  kInt16,    ///< int16 activations, int8 weights
};

constexpr bool has_integer_activations(Precision precision) {
  return precision == Precision::kInt8 || precision == Precision::kInt16;
}

std::string_view precision_name(Precision precision);
DataType activation_type(Precision precision);

/// All that decides how a float graph becomes one of integers.
struct Scheme {
  /// For each node of the float graph. Nodes that integers cannot compute are float whatever stands here.
  std::vector<Precision> nodes;
  /// For each tensor of the float graph.
  std::vector<ValueRange> ranges;
  /// Biases of layers that differ from the float graph's, by node.
  std::map<std::size_t, std::vector<float>> biases{};
  /// Int8 weights of layers that are not rounded to nearest, by node; in the order of the float weights.
  std::map<std::size_t, std::vector<std::int8_t>> weights{};
  /// Layers whose weights have a form, by node.
  std::map<std::size_t, CodeBook> books{};
  /// Inputs and outputs of the graph stay float, with QUANTIZE and DEQUANTIZE behind and in front.
  bool float_borders = false;
};

/// Whether the node's operator, types and constants let it compute with `precision`.
bool can_be(const Graph& graph, std::size_t node, Precision precision);

/// Symmetric int8 scales of a layer's weights, one per output channel where that is allowed. With integer activations of a scale,
/// none is so small that the bias, in units of it times that scale, would leave 31 bits.
std::vector<float> weight_scales(const Graph& graph, std::size_t node, std::optional<float> input_scale);

/// Weights to nearest under these scales, in the order of the float weights.
std::vector<std::int8_t> nearest_weights(const Graph& graph, std::size_t node, const std::vector<float>& scales);

/// A bias in the type (int32 or int64) and scales of an integer tensor, within 32 bits.
std::shared_ptr<const std::vector<std::uint8_t>> bias_integers(const std::vector<float>& bias, const Tensor& tensor);

}  // namespace mote
