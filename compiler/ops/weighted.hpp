#pragma once

#include <algorithm>
#include <vector>

#include "ops/checks.hpp"
#include "ops/cut_channels.hpp"
#include "ops/kernel_call.hpp"
#include "ops/quantized_math.hpp"

namespace mote {

// What the operators with weights share (conv_2d, depthwise_conv_2d, fully_connected, transpose_conv): inputs are the
// activations, the weights and an optional bias; sums become outputs by a multiplier per channel, a zero point and a clamp.

/// The type in which sums are built: float (weights float32 or int8), int32 for int8 activations, int64 for int16 activations
/// with int64 bias.
enum class Accumulator : std::uint8_t { kFloat, kInt32, kInt64 };

/// Checks types and quantization of activations, weights (constant, symmetric) and bias, and tells the accumulator.
/// `channels` output channels lie along axis `channel_axis` of the weights.
Accumulator check_weighted(const NodeView& node, int input, int weights, int bias, int channels, int channel_axis);

/// Turns a sum into an output value: the reference of what every weighted kernel does last.
class Finish {
 public:
  Finish(const Tensor& output, Activation activation, std::vector<Multiplier> multipliers);
  /// Of a node whose activations and weights are these inputs.
  Finish(const NodeView& node, int input, int weights, Activation activation);
  /// The same for `count` channels from `first` on.
  Finish channels(std::size_t first, std::size_t count) const;

  /// The whole sum of a channel: the products with the bias added; int8 weights of float activations get their scale here.
  template <typename Sum>
  Sum with_bias(Sum products, Sum bias, std::size_t channel) const;

  template <typename Out, typename Sum>
  Out apply(Sum sum, std::size_t channel) const {
    if constexpr (std::is_same_v<Sum, float>) {
      return std::clamp(sum, float_range_.first, float_range_.second);
    } else {
      const std::int32_t scaled = requantize(sum, multipliers_[multipliers_.size() == 1 ? 0 : channel]);
      return static_cast<Out>(std::clamp(wrap_add(scaled, zero_point_), range_.first, range_.second));
    }
  }

  /// The outputs of sums between `lowest` and `highest`, ends included; everything the clamp allows when int32 might wrap.
  Interval interval(std::int64_t lowest, std::int64_t highest, std::size_t channel) const;

  /// Zero point, clamp and types as constants of a kernel.
  void describe(KernelCall& call, const Tensor& output) const;
  /// Multipliers and shifts, one pair per channel, as tables of a kernel; null for float.
  void tables(KernelCall& call, std::size_t channels) const;
  const std::vector<Multiplier>& multipliers() const { return multipliers_; }
  /// Scales of int8 weights under float activations, one or one per channel; else none.
  const std::vector<float>& weight_scales() const { return weight_scales_; }
  std::pair<float, float> float_range() const { return float_range_; }
  const Multiplier& multiplier(std::size_t channel) const { return multipliers_[multipliers_.size() == 1 ? 0 : channel]; }
  std::int32_t zero_point() const { return zero_point_; }
  /// The clamp of integer outputs.
  std::pair<std::int32_t, std::int32_t> range() const { return range_; }

 private:
  std::vector<Multiplier> multipliers_;
  std::vector<float> weight_scales_;
  std::int32_t zero_point_ = 0;
  std::pair<std::int32_t, std::int32_t> range_;
  std::pair<float, float> float_range_;
};

/// Removing channels from a convolution or fully connected layer: weights seen as [outputs][taps][inputs].
struct WeightBlock {
  std::size_t outputs = 0, taps = 1, inputs = 0;
};

/// What each output can be, for input channels within `in`; `padded`: a tap may lie outside, where it adds nothing.
Ranges mixed_ranges(const NodeView& node, const WeightBlock& block, const Ranges& in, bool padded, const Finish& finish);
/// Whether every weight on input channel `c` of an int8 layer is zero.
bool weights_are_zero(const NodeView& node, const WeightBlock& block, std::size_t c);
/// Cuts rows and columns out of weights, bias and scales (inputs 1 and 2); what dropped inputs added moves into the bias.
void cut_weights(Graph& graph, Node& node, const WeightBlock& block, const std::vector<bool>& keep_inputs,
                 const std::vector<std::optional<std::int32_t>>& dropped_values, const std::vector<bool>& keep_outputs,
                 Shape shape);

/// Runs `body` with the types of activation, weight (input 1) and sum: `body(In{}, Weight{}, Sum{})`.
template <typename Body>
void with_types(const NodeView& node, Accumulator accumulator, int input, Body&& body) {
  if (accumulator == Accumulator::kFloat) {
    return is_float(node.input(1).type) ? body(float{}, float{}, float{}) : body(float{}, std::int8_t{}, float{});
  }
  if (node.input(input).type == DataType::kInt8) return body(std::int8_t{}, std::int8_t{}, std::int32_t{});
  if (accumulator == Accumulator::kInt32) return body(std::int16_t{}, std::int8_t{}, std::int32_t{});
  return body(std::int16_t{}, std::int8_t{}, std::int64_t{});
}

/// sum + a * b in the accumulator's arithmetic (int32 wraps).
inline float multiply_add(float sum, float a, float b) { return sum + a * b; }
inline std::int32_t multiply_add(std::int32_t sum, std::int32_t a, std::int32_t b) { return wrap_add(sum, wrap_multiply(a, b)); }
inline std::int64_t multiply_add(std::int64_t sum, std::int64_t a, std::int64_t b) { return sum + a * b; }

template <typename Sum>
Sum Finish::with_bias(Sum products, Sum bias, std::size_t channel) const {
  if constexpr (std::is_same_v<Sum, float>) {
    if (!weight_scales_.empty()) products *= weight_scales_[weight_scales_.size() == 1 ? 0 : channel];
  }
  return multiply_add(products, Sum{1}, bias);
}

DataType sum_type(Accumulator accumulator);

/// The bias of output channel `c`, 0 without one.
template <typename Sum>
Sum bias_or_zero(const Evaluation& evaluation, int bias, std::size_t c) {
  return evaluation.has_input(bias) ? evaluation.in<Sum>(bias)[c] : Sum{};
}

/// Passes the bias table, or null where there is none, and states `has_bias`.
void pass_bias(KernelCall& call, const NodeView& node, int bias);

/// Bias with the input's zero point folded in: bias[c] - zero_point * (sum of the weights of c). For kernels that never read
/// padding. `weights` is channel-major. Exact, since sums wrap. Only for the int32 accumulator.
std::vector<std::int32_t> folded_bias(const NodeView& node, int input, int weights, int bias, std::size_t channels);
/// The same for weights that the model has in another order.
std::vector<std::int32_t> folded_bias(std::span<const std::int8_t> weights, const NodeView& node, int input, int bias,
                                      std::size_t channels);

}  // namespace mote
