#include "passes/shrink_check.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "graph/print.hpp"

namespace mote {

namespace {

struct Span {
  std::int64_t low, high;
};

std::string_view kind(const Node& node) { return node.op->name(); }
bool is_weighted(const Node& node) { return kind(node) == "conv_2d" || kind(node) == "fully_connected"; }
bool keeps_channels(const Node& node) {
  return kind(node) == "depthwise_conv_2d" || kind(node) == "average_pool_2d" || kind(node) == "max_pool_2d" ||
         kind(node) == "reshape";
}

/// sum * scale ratio with TensorFlow Lite's two roundings, in wide arithmetic; nothing when 32 bits would overflow.
std::optional<std::int64_t> scaled(std::int64_t sum, double ratio) {
  int exponent = 0;
  auto significand = static_cast<std::int64_t>(std::llround(std::frexp(ratio, &exponent) * 2147483648.0));
  if (significand == std::int64_t{1} << 31) {
    significand >>= 1;
    ++exponent;
  }
  if (exponent < -31) return 0;
  for (; exponent > 0; --exponent) sum *= 2;
  if (std::abs(sum) >= std::int64_t{1} << 31) return std::nullopt;
  // floor(x / 2^31 + 1/2), then to nearest with halves away from zero
  const auto high = static_cast<std::int64_t>(
      std::floor(std::ldexp(static_cast<long double>(sum) * static_cast<long double>(significand), -31) + 0.5L));
  const std::int64_t divisor = std::int64_t{1} << -exponent;
  const std::int64_t magnitude = (2 * std::abs(high) + divisor) / (2 * divisor);
  return high < 0 ? -magnitude : magnitude;
}

class Checker {
 public:
  Checker(const Graph& graph, const ShrinkReport& report) : graph_(graph) {
    for (const RemovedChannel& each : report.removed) gone_[{each.tensor, each.channel}] = each.value;
  }

  void run() {
    for (const auto& [place, value] : gone_) check(place.first, place.second, value);
  }

 private:
  [[noreturn]] void fail(TensorId id, std::int32_t channel, std::string_view why) const {
    throw InternalError(fmt::format("shrink removed channel {} of '{}': {}", channel, graph_.tensor(id).name, why), __FILE__,
                        __LINE__);
  }
  bool gone(TensorId id, std::int32_t channel) const { return gone_.contains({id, channel}); }

  void check(TensorId id, std::int32_t channel, std::optional<std::int32_t> value) {
    for (const auto* border : {&graph_.inputs, &graph_.outputs}) {
      if (std::find(border->begin(), border->end(), id) != border->end())
        fail(id, channel, "it is an input or output of the model");
    }
    if (value) {
      const Span span = span_of(id, channel);
      if (span.low != *value || span.high != *value)
        fail(id, channel, fmt::format("it is {} to {}, not always {}", span.low, span.high, *value));
    }
    for (const Node& node : graph_.nodes) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] == id) check_reader(node, i, id, channel, value);
      }
    }
  }

  void check_reader(const Node& node, std::size_t position, TensorId id, std::int32_t channel,
                    std::optional<std::int32_t> value) const {
    if (position != 0) fail(id, channel, fmt::format("{} reads it", node.name));
    if (keeps_channels(node)) {
      if (!gone(node.outputs[0], channel)) fail(id, channel, fmt::format("{} still needs it", node.name));
      return;
    }
    if (!is_weighted(node)) fail(id, channel, fmt::format("{} reads it", node.name));
    const bool folds = value && (*value == graph_.tensor(id).zero_point() || !pads(node));
    const Tensor& weights = graph_.tensor(node.inputs[1]);
    const std::int64_t depth = weights.shape.back();
    const std::int64_t per_output = weights.elements() / weights.shape[0];
    for (std::int32_t o = 0; o < weights.shape[0] && !folds; ++o) {
      if (gone(node.outputs[0], o)) continue;
      for (std::int64_t at = channel; at < per_output; at += depth) {
        if (weights.values<std::int8_t>()[static_cast<std::size_t>(o * per_output + at)] != 0)
          fail(id, channel, fmt::format("{} weighs it", node.name));
      }
    }
  }

  /// Whether a window of the node can reach outside of its input; assumed wherever it is not plainly impossible.
  bool pads(const Node& node) const {
    if (kind(node) == "fully_connected") return false;
    const Shape& kernel = graph_.tensor(node.inputs[1]).shape;
    const std::string attributes = print_attributes(*node.op);
    return attributes.find("padding=valid") == std::string::npos && (kernel[1] > 1 || kernel[2] > 1);
  }

  Span whole(TensorId id) const {
    switch (graph_.tensor(id).type) {
      case DataType::kInt8:
        return {-128, 127};
      case DataType::kUint8:
        return {0, 255};
      default:
        return {INT32_MIN, INT32_MAX};
    }
  }

  Span span_of(TensorId id, std::int32_t channel) {
    const auto [found, is_new] = spans_.try_emplace({id, channel}, Span{});
    if (is_new) {
      const Span span = compute(id, channel);
      spans_[{id, channel}] = span;
      return span;
    }
    return found->second;
  }

  Span compute(TensorId id, std::int32_t channel) {
    for (const Node& node : graph_.nodes) {
      if (node.outputs[0] != id) continue;
      if (kind(node) == "reshape") return span_of(node.inputs[0], channel);
      if (is_weighted(node) || kind(node) == "depthwise_conv_2d") return weighted(node, channel);
      if (kind(node) == "average_pool_2d" || kind(node) == "max_pool_2d") return clamped(node, span_of(node.inputs[0], channel));
    }
    return whole(id);
  }

  Span weighted(const Node& node, std::int32_t channel) {
    const Tensor& in = graph_.tensor(node.inputs[0]);
    const Tensor& weights = graph_.tensor(node.inputs[1]);
    const Tensor& out = graph_.tensor(node.outputs[0]);
    const bool depthwise = kind(node) == "depthwise_conv_2d";
    const std::int64_t depth = weights.shape.back();
    const bool may_pad = pads(node);
    std::int64_t bias = 0;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor)
      bias = graph_.tensor(node.inputs[2]).values<std::int32_t>()[static_cast<std::size_t>(channel)];
    Span sum{bias, bias};
    const std::int64_t per_output = depthwise ? weights.elements() / depth : weights.elements() / weights.shape[0];
    // A position of the window either lies inside for all its inputs, or adds nothing.
    const std::int64_t together = depthwise ? 1 : depth;
    for (std::int64_t at = 0; at < per_output; at += together) {
      Span part{0, 0};
      for (std::int64_t i = 0; i < together; ++i) {
        const std::int64_t weight = weights.values<std::int8_t>()[static_cast<std::size_t>(
            depthwise ? at * depth + channel : channel * per_output + at + i)];
        const Span value = span_of(node.inputs[0], depthwise ? channel : static_cast<std::int32_t>(i));
        const std::int64_t ends[2] = {weight * (value.low - in.zero_point()), weight * (value.high - in.zero_point())};
        part.low += std::min(ends[0], ends[1]);
        part.high += std::max(ends[0], ends[1]);
      }
      sum.low += may_pad ? std::min<std::int64_t>(part.low, 0) : part.low;
      sum.high += may_pad ? std::max<std::int64_t>(part.high, 0) : part.high;
    }
    const auto& scales = weights.quantization.scales;
    const double ratio = static_cast<double>(in.scale()) *
                         static_cast<double>(scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(channel)]) /
                         static_cast<double>(out.scale());
    const auto low = scaled(sum.low, ratio);
    const auto high = scaled(sum.high, ratio);
    if (!low || !high) return whole(node.outputs[0]);
    return clamped(node, {*low + out.zero_point(), *high + out.zero_point()});
  }

  /// Within the type and the fused activation.
  Span clamped(const Node& node, Span span) const {
    const Tensor& out = graph_.tensor(node.outputs[0]);
    Span limit = whole(node.outputs[0]);
    const std::string attributes = print_attributes(*node.op);
    const auto quantized = [&](float real) {
      return out.zero_point() + static_cast<std::int64_t>(std::lround(real / out.scale()));
    };
    const auto narrow = [&](std::int64_t low, std::int64_t high) {
      limit = {std::max(limit.low, low), std::min(limit.high, high)};
    };
    if (attributes.find("activation=relu6") != std::string::npos) {
      narrow(quantized(0.0F), quantized(6.0F));
    } else if (attributes.find("activation=relu_n1_to_1") != std::string::npos) {
      narrow(quantized(-1.0F), quantized(1.0F));
    } else if (attributes.find("activation=relu") != std::string::npos) {
      narrow(quantized(0.0F), limit.high);
    }
    return {std::clamp(span.low, limit.low, limit.high), std::clamp(span.high, limit.low, limit.high)};
  }

  const Graph& graph_;
  std::map<std::pair<TensorId, std::int32_t>, std::optional<std::int32_t>> gone_;
  std::map<std::pair<TensorId, std::int32_t>, Span> spans_;
};

}  // namespace

void check_shrink(const Graph& before, const ShrinkReport& report) { Checker(before, report).run(); }

}  // namespace mote
