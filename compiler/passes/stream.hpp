#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "graph/graph.hpp"

namespace mote {

struct StreamOptions {
  /// Time: an axis of the graph's only input, counted as in the file. A flat input that the model reshapes has the frames one
  /// after another along it.
  std::int32_t axis = 1;
  /// New frames in each run.
  std::int32_t frames = 1;
  /// Keep old columns at whatever cost in RAM rather than compute those anew that only paddings at the window's start need.
  bool keep_more = false;
  /// Hears what is computed how.
  std::function<void(std::string_view)> log = {};
};

/// A model over a window of time as a graph whose input is the newest frames: the same outputs as those of the model on the
/// window of the last frames, bit for bit, where frames before the first are real 0. What convolutions, pools and everything that
/// works on each column alone have computed for older frames is kept in windows, which are states; the first operator that mixes
/// all columns gets the whole. Best after the passes. Error when the graph has several inputs, or nothing can be computed column
/// by column.
Graph stream_over_time(const Graph& graph, const StreamOptions& options);

}  // namespace mote
