#pragma once

#include <optional>

#include "graph/graph.hpp"
#include "ops/window.hpp"

namespace mote {

/// How an operator treats time. A column of a tensor is what stands at one place along its time axis.
enum class TimeUse : std::uint8_t {
  kColumns,  ///< column j of the output comes from column j of each streamed input, in the same way for every j
  kWindow,   ///< column j comes from `kernel` columns of input 0, the first of which is j * stride - before
  kWhole,    ///< anything else: it needs every column
};

struct TimeRule {
  TimeUse use = TimeUse::kWhole;
  int out_axis = 0;  ///< where time stands in the outputs
  // kWindow
  std::int32_t kernel = 1, stride = 1, dilation = 1, before = 0;
  /// The axis of the image beside time: paddings as they come out for it.
  std::int32_t side_before = 0, side_after = 0;
};

/// `axes[i]`: where time stands in input i; nothing for inputs that are the same in every run.
TimeRule time_rule(const Graph& graph, const Node& node, const std::vector<std::optional<int>>& axes);

/// The node of a kColumns operator with constants and attributes that hold for any number of columns. `axes` as above. May add
/// constants.
Node for_any_columns(Graph& graph, const Node& node, const TimeRule& rule, const std::vector<std::optional<int>>& axes);

/// The operator of a kWindow node with these paddings along time.
std::shared_ptr<const Operator> with_time_padding(const Operator& op, const TimeRule& rule, int axis, std::int32_t before,
                                                  std::int32_t after);

/// The same on columns that stand side by side: stride along time `stride`, no dilation, no padding.
std::shared_ptr<const Operator> on_neighbors(const Operator& op, const TimeRule& rule, int axis, std::int32_t stride);

}  // namespace mote
