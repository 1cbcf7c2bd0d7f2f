#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/types.hpp"

namespace mote {

/// Constant weights that become int8 with symmetric scales, and the bias that becomes a sum's type.
struct WeightsRule {
  int input = 1, bias = 2;
  /// Axis of the weights along which output channels lie: there may be one scale for each.
  int output_axis = 0;
  /// Axis of the weights along which input channels lie; none: output channel c comes from input channel c / (outputs / inputs)
  /// alone, as in a depthwise convolution.
  std::optional<int> input_axis{};
  /// Whether there may be one scale per output channel.
  bool per_channel = true;
};

/// Where the weights of a layer meet its activations. Output channels are cut into `groups` of equal size, one after another. Tap
/// t of an output position reads element `offsets[position * taps + t] + group * group_step` of the activations, or padding (real
/// 0) where the offset is -1. Along the taps, weights stand in their tensor's order.
struct WeightTaps {
  std::int64_t positions = 0, taps = 0, groups = 1, group_step = 0;
  std::vector<std::int32_t> offsets{};
};

/// How a float node becomes one on integers of a type (Operator::quantization). The default: it stays float, between DEQUANTIZE
/// and QUANTIZE.
struct QuantizationRule {
  enum class Scales : std::uint8_t {
    kNone,      ///< no integers: the node stays float
    kMeasured,  ///< inputs are free, each output takes the scale that calibration finds
    kShared,    ///< all activations, inputs and outputs, have one scale and one zero point
    kFixed,     ///< inputs are free, outputs have the scale and zero point of `fixed`
  };
  Scales scales = Scales::kNone;
  /// Inputs that become integers as activations do; constants among them take the range of their values. The other inputs stay as
  /// they are.
  std::vector<int> activations{};
  Quantization fixed{};
  std::optional<WeightsRule> weights{};
  /// A channel (innermost axis) of input 0 times a positive number gives that channel of output 0 times the same number, apart
  /// from a fused activation. Of weighted operators it is known without this.
  bool passes_channel_scales = false;

  bool possible() const { return scales != Scales::kNone; }

  static QuantizationRule measured(std::vector<int> inputs) { return {Scales::kMeasured, std::move(inputs)}; }
  static QuantizationRule shared(std::vector<int> inputs) { return {Scales::kShared, std::move(inputs)}; }
  static QuantizationRule fixed_to(float scale, std::int32_t zero_point) {
    return {Scales::kFixed, {0}, {{scale}, {zero_point}, 0}};
  }
  static QuantizationRule weighted(int input, WeightsRule rule) { return {Scales::kMeasured, {input}, {}, rule}; }
  /// The same, where channels keep their scale.
  QuantizationRule with_channel_scales() const {
    QuantizationRule result = *this;
    result.passes_channel_scales = true;
    return result;
  }
};

}  // namespace mote
