#pragma once

#include <optional>
#include <vector>

#include "graph/graph.hpp"
#include "passes/stream/time_rule.hpp"

namespace mote {

/// How a tensor of the model, as it is for the window of the last frames, comes about from run to run.
///
/// Columns that paddings reach, `top` at the start and `bottom` at the end, are computed anew in every run. Those between are the
/// same from run to run but for their place: each run adds `fresh` ones, `step` frames apart, and older ones are kept. In the
/// window they stand `spacing` frames apart, which is a multiple of `step` behind strides. A column's lag is how many frames ago
/// it could first be computed.
struct Stream {
  int axis = 0;
  std::int32_t count = 0;     ///< columns in the window
  std::int32_t spacing = 1;   ///< frames between neighbours of the window
  std::int32_t last_lag = 0;  ///< of the window's last column; below 0: a padding stands for frames that are still to come
  std::int32_t top = 0, bottom = 0;
  std::int32_t step = 1, fresh = 1, least_lag = 0;  ///< `least_lag`: of the last inner column, which is the newest one kept

  // What is made of it.
  std::int32_t leading =
      0;                  ///< columns at the window's start that are computed anew: none, `top`, or more instead of keeping them
  bool ends = false;      ///< the bottom columns are made
  std::int32_t kept = 0;  ///< columns of the state, fresh ones among them; 0: none

  std::int32_t lag_of(std::int32_t column) const { return last_lag + spacing * (count - 1 - column); }
  /// Place of an inner column among those kept, 0 for the newest.
  std::int32_t entry_of(std::int32_t column) const { return (lag_of(column) - least_lag) / step; }
  std::int32_t dilation() const { return spacing / step; }
  std::int32_t inner_end() const { return count - bottom; }
  /// Whether the fresh columns are inner ones of the window, side by side: then they and the bottom are computed at once.
  bool fresh_in_window() const { return (fresh == 1 || dilation() == 1) && inner_end() - fresh >= top; }
  /// The first column of those that are computed together at the window's end.
  std::int32_t tail_begin() const { return fresh_in_window() ? inner_end() - fresh : inner_end(); }
  std::int32_t tail_end() const { return ends ? count : inner_end(); }
  bool same_layout(const Stream& other) const;
};

/// Among the kept columns of `in`, those that column `entry` of the kept ones of `out` comes from: the newest of them, and how
/// far they lie apart.
struct Taps {
  std::int32_t newest, apart;
};
Taps taps_of(const Stream& in, const Stream& out, const TimeRule& rule, std::int32_t entry);

/// What of a graph is computed column by column, which columns of each tensor, and which are kept.
class StreamPlan {
 public:
  /// `axis` of the graph's only input is time; `frames` new ones come in each run. `keep_more`: old columns are kept rather than
  /// computed anew.
  StreamPlan(const Graph& graph, int axis, std::int32_t frames, bool keep_more);

  /// Nothing for tensors that are made as in the model.
  const std::optional<Stream>& stream(TensorId id) const { return streams_[static_cast<std::size_t>(id)]; }
  /// kWhole: the node stays as it is.
  const TimeRule& rule(std::size_t node) const { return rules_[node]; }
  /// Where time stands in each of the node's inputs.
  std::vector<std::optional<int>> axes(const Node& node) const;
  /// Nodes that read a streamed tensor and need all of it.
  const std::vector<std::size_t>& whole_nodes() const { return whole_; }

 private:
  struct Range {
    std::int32_t from, to;
  };
  /// What readers ask of a tensor: ranges of the window's columns, and how many of the kept ones.
  struct Wanted {
    std::vector<Range> ranges;
    std::int32_t entries = 0;
  };

  std::optional<Stream> stream_of(const Node& node, const TimeRule& rule, std::size_t output) const;
  void complete(Stream& stream) const;
  void settle(const Node& node);
  void settle(Stream& stream, const Wanted& wanted, bool can_recompute) const;
  void ask_inputs(const Node& node, const TimeRule& rule);

  const Graph& graph_;
  std::int32_t frames_;
  bool keep_more_;
  std::vector<std::optional<Stream>> streams_;  // by tensor
  std::vector<Wanted> wanted_;                  // by tensor
  std::vector<TimeRule> rules_;                 // by node
  std::vector<std::size_t> whole_;
};

}  // namespace mote
