#include "passes/stream.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "graph/operator.hpp"
#include "passes/stream/first_values.hpp"
#include "passes/stream/flat_input.hpp"
#include "passes/stream/single_pixels.hpp"
#include "passes/stream/stream_builder.hpp"
#include "passes/stream/stream_plan.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

/// The axis that the option names, in the graph's order.
int time_axis(const Graph& graph, std::int32_t axis) {
  if (graph.inputs.size() != 1) {
    throw Error(fmt::format("streaming takes a model with one input, this one has {}", graph.inputs.size()));
  }
  const Tensor& input = graph.tensor(graph.inputs[0]);
  std::vector<std::string> axes;
  for (std::size_t i = 0; i < input.shape.size(); ++i) {
    const auto at = static_cast<std::size_t>(input.file_axes.empty() ? static_cast<std::int32_t>(i) : input.file_axes[i]);
    if (input.shape[at] > 1) axes.push_back(fmt::format("{} ({})", i, input.shape[at]));
    if (static_cast<std::int32_t>(i) == axis && input.shape[at] > 1) return static_cast<int>(at);
  }
  throw Error(fmt::format("input '{}' is {}: nothing can be streamed along axis {}", input.name, to_string(input.shape), axis),
              axes.empty() ? "" : fmt::format("axes that hold more than one frame: {}", fmt::join(axes, ", ")));
}

void require_frames(std::int32_t frames, std::int32_t window) {
  if (frames >= 1 && frames < window) return;
  throw Error(fmt::format("{} frames per run do not fit a window of {}", frames, window),
              "the window must be longer than what is new in a run");
}

std::string place(const Node& node) { return fmt::format("{} '{}'", node.op->name(), node.name); }

/// Streaming is worth it when something besides moves of bytes is computed by columns.
void require_streamed(const Graph& graph, const StreamPlan& plan, std::int32_t axis) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (plan.rule(i).use != TimeUse::kWhole && graph.nodes[i].op->macs(NodeView(graph, graph.nodes[i])) > 0) return;
    if (plan.rule(i).use == TimeUse::kWindow) return;
  }
  std::vector<std::string> names;
  for (const std::size_t i : plan.whole_nodes()) names.push_back(place(graph.nodes[i]));
  throw Error(fmt::format("nothing can be computed frame by frame along axis {}: {} the whole window", axis,
                          names.empty() ? "the model only hands on"
                                        : fmt::format("{} {}", fmt::join(names, ", "), names.size() == 1 ? "needs" : "need")),
              "choose the axis that is time, or compile the model without --stream");
}

std::string summary(const Graph& model, const Graph& streamed, const StreamPlan& plan, const StreamOptions& options,
                    std::int32_t window) {
  std::int64_t state = 0;
  for (const Tensor& tensor : streamed.tensors) state += tensor.is_state ? tensor.bytes() : 0;
  std::size_t by_columns = 0;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) by_columns += plan.rule(i).use != TimeUse::kWhole ? 1 : 0;
  std::string text =
      fmt::format("stream along axis {}: {} of {} frames per run; {} operators compute only new columns and borders",
                  options.axis, options.frames, window, by_columns);
  std::vector<std::string> whole;
  for (const std::size_t i : plan.whole_nodes()) whole.push_back(place(model.nodes[i]));
  if (!whole.empty()) text += fmt::format(", the whole window goes to {}", fmt::join(whole, ", "));
  return text + fmt::format("; {} MACs, {} before; {} bytes of state\n", grouped(total_macs(streamed)),
                            grouped(total_macs(model)), grouped(state));
}

}  // namespace

Graph stream_over_time(const Graph& graph, const StreamOptions& options) {
  const int axis = time_axis(graph, options.axis);
  Graph model = graph;
  const auto flat = take_reshape_out(model, axis);
  const int inner_axis = flat ? flat->inner_axis : axis;
  const std::int32_t window = model.tensor(model.inputs[0]).shape[static_cast<std::size_t>(inner_axis)];
  require_frames(options.frames, window);
  const StreamPlan plan(model, inner_axis, options.frames, options.keep_more);
  require_streamed(model, plan, options.axis);
  Graph streamed = StreamBuilder(model, plan, options.frames).build();
  connect_single_pixels(streamed);
  set_first_values(streamed);
  if (flat) put_reshape_back(streamed, *flat, options.frames);
  verify(streamed);
  if (options.log) options.log(summary(model, streamed, plan, options, window));
  return streamed;
}

}  // namespace mote
