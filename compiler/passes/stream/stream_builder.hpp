#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "passes/stream/stream_plan.hpp"

namespace mote {

/// Writes the graph that a StreamPlan tells. What windows hold before the first run is not yet told.
class StreamBuilder {
 public:
  StreamBuilder(const Graph& model, const StreamPlan& plan, std::int32_t frames);
  Graph build();

 private:
  /// The columns of a streamed tensor that a run makes. Each is made from others when it is asked for first; kNoTensor: not yet,
  /// or none.
  struct Parts {
    TensorId all = kNoTensor;  ///< leading, fresh, bottom
    TensorId leading = kNoTensor, fresh = kNoTensor, bottom = kNoTensor;
    TensorId tail = kNoTensor;    ///< fresh, bottom
    TensorId window = kNoTensor;  ///< those kept, fresh ones at the end
  };

  /// Whether a tensor of the model is made by columns; constants that were added are not.
  bool streamed(TensorId id) const { return id != kNoTensor && static_cast<std::size_t>(id) < parts_.size() && plan_.stream(id); }
  const Stream& stream(TensorId id) const { return *plan_.stream(id); }
  Parts& parts(TensorId id) { return parts_[static_cast<std::size_t>(id)]; }

  void begin_input();
  void stream_node(std::size_t index);
  bool same_columns(const Node& node) const;
  void columns_at_once(const Node& node);
  void columns_apart(const Node& node, const TimeRule& rule);
  void push(const std::vector<TensorId>& ids);

  /// Columns of the window, or of the kept ones from the oldest on.
  TensorId range(TensorId id, std::int32_t from, std::int32_t to);
  TensorId entries(TensorId id, std::int32_t oldest, std::int32_t count, std::int32_t apart);
  TensorId leading(TensorId id);
  TensorId fresh(TensorId id);
  TensorId bottom(TensorId id);
  TensorId tail(TensorId id);
  TensorId all(TensorId id);

  /// The node on the columns `from` to `to` of its outputs, with paddings where they lie at the window's ends.
  std::vector<TensorId> block(const Node& node, const TimeRule& rule, std::int32_t from, std::int32_t to, std::string_view part);
  /// The node on each of the fresh columns.
  std::vector<TensorId> fresh_block(const Node& node, const TimeRule& rule);
  /// Columns of `id`, which holds columns of the model's tensor `of`; several of them as one.
  TensorId slice(TensorId of, TensorId id, std::int32_t from, std::int32_t count, std::int32_t apart = 1);
  TensorId join(TensorId of, const std::vector<TensorId>& ids);
  /// The name of the node that makes a tensor of the model.
  std::string name_of(TensorId id) const;
  /// Adds a node whose outputs are like those of `like`, but for their shapes.
  std::vector<TensorId> add(Node node, const std::vector<TensorId>& like, std::string_view part = "");

  const Graph& model_;
  const StreamPlan& plan_;
  std::int32_t frames_;
  Graph graph_;
  std::vector<Parts> parts_;           // by tensor of the model
  std::vector<std::int32_t> made_by_;  // by tensor of the model: its node
  std::map<std::pair<TensorId, std::pair<std::int32_t, std::int32_t>>, TensorId> ranges_;
};

}  // namespace mote
