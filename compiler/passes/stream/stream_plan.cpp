#include "passes/stream/stream_plan.hpp"

#include <algorithm>
#include <numeric>

namespace mote {

namespace {

std::int32_t rounded_up(std::int32_t value, std::int32_t divisor) { return (std::max(value, 0) + divisor - 1) / divisor; }

}  // namespace

bool Stream::same_layout(const Stream& other) const {
  return count == other.count && last_lag == other.last_lag && spacing == other.spacing && bottom == other.bottom &&
         leading == other.leading && ends == other.ends && fresh_in_window() == other.fresh_in_window();
}

Taps taps_of(const Stream& in, const Stream& out, const TimeRule& rule, std::int32_t entry) {
  std::int32_t lag = out.least_lag + out.step * entry;
  if (rule.use == TimeUse::kColumns) lag += in.last_lag - out.last_lag;
  return {(lag - in.least_lag) / in.step, in.dilation() * rule.dilation};
}

StreamPlan::StreamPlan(const Graph& graph, int axis, std::int32_t frames, bool keep_more)
    : graph_(graph),
      frames_(frames),
      keep_more_(keep_more),
      streams_(graph.tensors.size()),
      wanted_(graph.tensors.size()),
      rules_(graph.nodes.size()) {
  const auto in = static_cast<std::size_t>(graph.inputs[0]);
  Stream input{.axis = axis, .count = graph.tensors[in].shape[static_cast<std::size_t>(axis)]};
  complete(input);
  streams_[in] = input;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto places = axes(node);
    const bool reads_stream =
        std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return id != kNoTensor && stream(id); });
    if (!reads_stream) continue;
    TimeRule rule = time_rule(graph, node, places);
    for (std::size_t out = 0; rule.use != TimeUse::kWhole && out < node.outputs.size(); ++out) {
      streams_[static_cast<std::size_t>(node.outputs[out])] = stream_of(node, rule, out);
      if (!stream(node.outputs[out])) rule.use = TimeUse::kWhole;
    }
    rules_[i] = rule;
    if (rule.use != TimeUse::kWhole) continue;
    whole_.push_back(i);
    for (const TensorId id : node.outputs) streams_[static_cast<std::size_t>(id)].reset();
  }
  for (const TensorId id : graph.outputs) {
    if (const auto& each = stream(id)) wanted_[static_cast<std::size_t>(id)].ranges.push_back({0, each->count});
  }
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (rules_[i].use != TimeUse::kWhole) settle(node);
    ask_inputs(node, rules_[i]);
  }
  settle(*streams_[in], wanted_[in], false);
}

std::vector<std::optional<int>> StreamPlan::axes(const Node& node) const {
  std::vector<std::optional<int>> result;
  for (const TensorId id : node.inputs) {
    // What is a single column is used as a whole.
    const bool streamed = id != kNoTensor && stream(id) && stream(id)->count > 1;
    result.push_back(streamed ? std::optional<int>(stream(id)->axis) : std::nullopt);
  }
  return result;
}

void StreamPlan::complete(Stream& stream) const {
  stream.step = std::gcd(frames_, stream.spacing);
  stream.fresh = frames_ / stream.step;
  stream.least_lag = stream.lag_of(stream.inner_end() - 1);
}

std::optional<Stream> StreamPlan::stream_of(const Node& node, const TimeRule& rule, std::size_t output) const {
  const Shape& shape = graph_.tensor(node.outputs[output]).shape;
  Stream result{.axis = rule.out_axis, .count = shape[static_cast<std::size_t>(rule.out_axis)]};
  bool first = true;
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor || !stream(id)) continue;
    const Stream& in = *stream(id);
    if (rule.use == TimeUse::kColumns) {
      if (in.count != result.count || (!first && in.spacing != result.spacing)) return std::nullopt;
      result.spacing = in.spacing;
      result.last_lag = first ? in.last_lag : std::min(result.last_lag, in.last_lag);
      result.top = std::max(result.top, in.top);
      result.bottom = std::max(result.bottom, in.bottom);
    } else if (first) {
      result.spacing = in.spacing * rule.stride;
      const std::int32_t last_tap = (result.count - 1) * rule.stride - rule.before + (rule.kernel - 1) * rule.dilation;
      result.last_lag = in.last_lag + in.spacing * (in.count - 1 - last_tap);
      result.top = rounded_up(in.top + rule.before, rule.stride);
      result.bottom = rounded_up(last_tap - (in.inner_end() - 1), rule.stride);
    }
    first = false;
  }
  if (result.top + result.bottom >= result.count) return std::nullopt;
  complete(result);
  return result;
}

void StreamPlan::settle(const Node& node) {
  std::int32_t leading = 0;
  bool ends = false;
  for (const TensorId id : node.outputs) {
    Stream& out = *streams_[static_cast<std::size_t>(id)];
    settle(out, wanted_[static_cast<std::size_t>(id)], true);
    leading = std::max(leading, out.leading);
    ends = ends || out.ends;
  }
  for (const TensorId id : node.outputs) {
    streams_[static_cast<std::size_t>(id)]->leading = leading;
    streams_[static_cast<std::size_t>(id)]->ends = ends;
  }
}

void StreamPlan::settle(Stream& stream, const Wanted& wanted, bool can_recompute) const {
  const std::int32_t end = stream.inner_end();
  const auto keep = [&](std::int32_t leading, bool with_oldest) {
    std::int32_t kept = wanted.entries;
    for (const Range& range : wanted.ranges) {
      const std::int32_t from = std::max(range.from, leading);
      if (from < std::min(range.to, end) && (with_oldest || range.from > 0)) kept = std::max(kept, stream.entry_of(from) + 1);
    }
    return kept > stream.fresh ? kept : 0;
  };
  std::int32_t oldest = 0;  // columns from the window's start that are wanted without the rest
  bool whole = false;
  for (const Range& range : wanted.ranges) {
    stream.ends = stream.ends || (stream.bottom > 0 && range.to > end);
    if (range.from < stream.top) stream.leading = stream.top;
    if (range.from > 0) continue;
    oldest = std::max(oldest, range.to);
    whole = whole || range.to > stream.tail_begin() || range.to >= end;
  }
  const bool kept_anyway = oldest <= stream.top || stream.entry_of(stream.top) < keep(stream.top, false);
  if (can_recompute && !keep_more_ && !whole && !kept_anyway) stream.leading = oldest;
  stream.kept = keep(stream.leading, true);
}

void StreamPlan::ask_inputs(const Node& node, const TimeRule& rule) {
  for (const TensorId id : node.inputs) {
    if (id == kNoTensor || !stream(id)) continue;
    const Stream& in = *stream(id);
    Wanted& wanted = wanted_[static_cast<std::size_t>(id)];
    if (rule.use == TimeUse::kWhole) {
      wanted.ranges.push_back({0, in.count});
      continue;
    }
    const Stream& out = *stream(node.outputs[0]);
    const auto ask = [&](std::int32_t from, std::int32_t to) {
      if (from >= to) return;
      const std::int32_t first = from * rule.stride - rule.before;
      const std::int32_t last = (to - 1) * rule.stride - rule.before + (rule.kernel - 1) * rule.dilation;
      wanted.ranges.push_back({std::max(first, 0), std::min(last + 1, in.count)});
    };
    ask(0, out.leading);
    ask(out.tail_begin(), out.tail_end());
    if (out.fresh_in_window()) continue;
    const Taps taps = taps_of(in, out, rule, out.fresh - 1);
    wanted.entries = std::max(wanted.entries, taps.newest + taps.apart * (rule.kernel - 1) + 1);
  }
}

}  // namespace mote
