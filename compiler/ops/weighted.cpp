#include "ops/weighted.hpp"

#include <cmath>

namespace mote {

namespace {

void check_weights(const Tensor& weights, int channels, int channel_axis) {
  require_constant(weights, "weights");
  const Quantization& quantization = weights.quantization;
  if (quantization.empty()) throw Error(fmt::format("weights '{}' are int8 without a scale", weights.name));
  if (quantization.per_channel() &&
      (static_cast<int>(quantization.scales.size()) != channels || quantization.axis != channel_axis)) {
    throw Error(fmt::format("weights '{}' have {} scales along axis {}; {} along axis {} are needed", weights.name,
                            quantization.scales.size(), quantization.axis, channels, channel_axis));
  }
  for (const std::int32_t zero_point : quantization.zero_points) {
    if (zero_point != 0)
      throw Error(fmt::format("weights '{}' have zero point {}; only 0 is supported", weights.name, zero_point));
  }
}

}  // namespace

Accumulator check_weighted(const NodeView& node, int input, int weights, int bias, int channels, int channel_axis) {
  const Tensor& in = node.input(input);
  const Tensor& filter = node.input(weights);
  require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
  require_same_type(in, node.output());
  require_type(filter, {DataType::kFloat32, DataType::kInt8});
  if (!is_float(in.type) && is_float(filter.type)) {
    throw Error(fmt::format("activations are {}, weights {}", type_name(in.type), type_name(filter.type)),
                "quantize the weights to int8 too");
  }
  if (node.has_input(bias)) {
    const Tensor& b = node.input(bias);
    require_known(node, bias, "biases");
    if (b.elements() != channels)
      throw Error(fmt::format("bias '{}' has {} values for {} channels", b.name, b.elements(), channels));
    if (is_float(in.type)) require_type(b, {DataType::kFloat32});
    if (in.type == DataType::kInt8) require_type(b, {DataType::kInt32});
    if (in.type == DataType::kInt16) require_type(b, {DataType::kInt64, DataType::kInt32});
  }
  if (is_float(in.type)) {
    if (is_float(filter.type)) {
      require_known(node, weights, "weights");
    } else {
      check_weights(filter, channels, channel_axis);
    }
    return Accumulator::kFloat;
  }
  require_quantized(in);
  require_quantized(node.output());
  check_weights(filter, channels, channel_axis);
  if (in.type == DataType::kInt8) return Accumulator::kInt32;
  return node.has_input(bias) && node.input(bias).type == DataType::kInt32 ? Accumulator::kInt32 : Accumulator::kInt64;
}

DataType sum_type(Accumulator accumulator) {
  switch (accumulator) {
    case Accumulator::kFloat:
      return DataType::kFloat32;
    case Accumulator::kInt32:
      return DataType::kInt32;
    case Accumulator::kInt64:
      return DataType::kInt64;
  }
  return DataType::kInt32;
}

Finish::Finish(const Tensor& output, Activation activation, std::vector<Multiplier> multipliers)
    : multipliers_(std::move(multipliers)) {
  if (is_float(output.type)) {
    float_range_ = activation_range(activation);
  } else {
    zero_point_ = output.zero_point();
    range_ = activation_range(activation, output);
  }
}

Finish::Finish(const NodeView& node, int input, int weights, Activation activation)
    : Finish(node.output(), activation, convolution_multipliers(node.input(input), node.input(weights), node.output())) {
  if (is_float(node.input(input).type) && !is_float(node.input(weights).type)) {
    weight_scales_ = node.input(weights).quantization.scales;
  }
}

Finish Finish::channels(std::size_t first, std::size_t count) const {
  const auto part = [&](auto& values) {
    if (values.size() > 1)
      values = {values.begin() + static_cast<std::ptrdiff_t>(first), values.begin() + static_cast<std::ptrdiff_t>(first + count)};
  };
  Finish result = *this;
  part(result.multipliers_);
  part(result.weight_scales_);
  return result;
}

Interval Finish::interval(std::int64_t lowest, std::int64_t highest, std::size_t channel) const {
  // Requantization is monotone as long as its left shift does not wrap.
  const int left = std::max(multipliers_[multipliers_.size() == 1 ? 0 : channel].shift, 0);
  const std::int64_t limit = (std::int64_t{1} << 31) >> left;
  if (lowest <= -limit || highest >= limit) return {range_.first, range_.second};
  return {apply<std::int32_t>(static_cast<std::int32_t>(lowest), channel),
          apply<std::int32_t>(static_cast<std::int32_t>(highest), channel)};
}

void Finish::describe(KernelCall& call, const Tensor& output) const {
  call.type("Output", output.type);
  if (is_float(output.type)) {
    call.real("clamp_min", float_range_.first).real("clamp_max", float_range_.second);
  } else {
    call.set("output_zero_point", zero_point_).set("clamp_min", range_.first).set("clamp_max", range_.second);
  }
}

void Finish::tables(KernelCall& call, std::size_t channels) const {
  if (multipliers_.empty()) {
    call.null().null();
    return;
  }
  std::vector<std::int32_t> values;
  std::vector<std::int8_t> shifts;
  for (std::size_t c = 0; c < channels; ++c) {
    const Multiplier& each = multipliers_[multipliers_.size() == 1 ? 0 : c];
    values.push_back(each.multiplier);
    shifts.push_back(static_cast<std::int8_t>(each.shift));
  }
  call.constant("multipliers", values).constant("shifts", shifts);
}

void pass_bias(KernelCall& call, const NodeView& node, int bias) {
  call.flag("has_bias", node.has_input(bias));
  if (node.has_input(bias)) {
    call.constant("bias", node.input(bias));
  } else {
    call.null();
  }
}

std::vector<std::int32_t> folded_bias(const NodeView& node, int input, int weights, int bias, std::size_t channels) {
  return folded_bias(node.input(weights).values<std::int8_t>(), node, input, bias, channels);
}

std::vector<std::int32_t> folded_bias(std::span<const std::int8_t> values, const NodeView& node, int input, int bias,
                                      std::size_t channels) {
  const std::size_t per_channel = values.size() / channels;
  const std::int32_t zero_point = node.input(input).zero_point();
  std::vector<std::int32_t> folded(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    std::int32_t sum = 0;
    for (const std::int8_t value : values.subspan(c * per_channel, per_channel)) sum += value;
    const std::int32_t start = node.has_input(bias) ? node.input(bias).values<std::int32_t>()[c] : 0;
    folded[c] = wrap_add(start, wrap_multiply(-zero_point, sum));
  }
  return folded;
}

}  // namespace mote
