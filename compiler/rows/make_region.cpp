#include "rows/make_region.hpp"

#include <algorithm>
#include <map>

#include "support/checked.hpp"

namespace mote {

namespace {

/// The fewest rows, `least` or more, behind which the tensor's first begins at a multiple of 4 bytes.
std::int32_t aligned_above(const RowTensor& tensor, std::int32_t least) {
  while (least * tensor.row_bytes % 4 != 0) ++least;
  return least;
}

class Maker {
 public:
  Maker(const Graph& graph, const std::vector<std::optional<RowRule>>& rules, const RegionRequest& request)
      : graph_(graph), rules_(rules), request_(request), end_(request.first + request.steps.size()) {}

  std::optional<PlayedRegion> make() {
    region_.fed = request_.fed;
    for (std::size_t i = request_.first; i < end_; ++i) {
      if (!rules_[i] || !add_stage(i)) return std::nullopt;
    }
    const RowInput& pace = region_.stages[0].inputs[0];
    region_.input = pace.tensor;
    region_.input_step = request_.fed ? 1 : region_.stages[0].step * pace.stride;
    mark_outer();
    if (request_.fed && !feeds()) return std::nullopt;
    for (RowTensor& tensor : region_.tensors) {
      if (tensor.outer) tensor.above = aligned_above(tensor, tensor.above);
    }
    settle_held();
    RegionPlay play = play_region(region_);
    const bool aligned = std::all_of(play.aligned.begin(), play.aligned.end(), [](bool each) { return each; });
    return aligned ? std::optional(PlayedRegion{std::move(region_), std::move(play)}) : std::nullopt;
  }

 private:
  bool add_stage(std::size_t index) {
    const Node& node = graph_.nodes[index];
    RowStage stage{.node = index, .step = request_.steps[index - request_.first], .output = 0, .inputs = {}};
    stage.output = tensor_of(node.outputs[0]);
    RowTensor& out = region_.tensors[stage.output];
    const auto made = static_cast<std::int32_t>(align_up(out.rows, stage.step));
    out.below = std::max(out.below, made - out.rows);
    for (const InputRows& rows : rules_[index]->inputs) {
      const std::size_t t = tensor_of(node.inputs[static_cast<std::size_t>(rows.input)]);
      RowTensor& in = region_.tensors[t];
      if (!agrees_outside(t, rows) || stage.step % rows.repeat != 0) return false;
      in.above = std::max(in.above, rows.before);
      in.below = std::max(in.below, (made / rows.repeat - 1) * rows.stride + rows.kernel - rows.before - in.rows);
      stage.inputs.push_back({t, rows.input, rows.stride, -rows.before, (stage.step / rows.repeat - 1) * rows.stride + rows.kernel, rows.repeat});
    }
    region_.stages.push_back(std::move(stage));
    return true;
  }

  std::size_t tensor_of(TensorId id) {
    const auto [found, is_new] = places_.try_emplace(id, region_.tensors.size());
    if (is_new) {
      const Tensor& tensor = graph_.tensor(id);
      region_.tensors.push_back({.id = id, .rows = tensor.shape[1], .row_bytes = tensor.bytes() / tensor.shape[1]});
    }
    return found->second;
  }

  /// Whether all readers that look beyond the tensor's border want the same there.
  bool agrees_outside(std::size_t tensor, const InputRows& rows) {
    if (rows.before == 0 && rows.below == 0) return true;
    const auto [found, is_new] = outside_.try_emplace(tensor, rows.outside);
    region_.tensors[tensor].outside = rows.outside;
    return found->second == rows.outside;
  }

  void mark_outer() {
    for (RowTensor& tensor : region_.tensors) tensor.outer = true;
    for (const RowStage& stage : region_.stages) region_.tensors[stage.output].outer = false;
    const auto outer = [&](TensorId id) {
      if (const auto found = places_.find(id); found != places_.end()) region_.tensors[found->second].outer = true;
    };
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (i >= request_.first && i < end_) continue;
      for (const TensorId id : graph_.nodes[i].inputs) outer(id);
    }
    for (const TensorId id : graph_.outputs) outer(id);
  }

  /// Whether the region begins with the graph's one input and nothing else needs it.
  bool feeds() {
    RowTensor& input = region_.tensors[region_.input];
    if (graph_.inputs.size() != 1 || input.id != graph_.inputs[0]) return false;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto& ids = graph_.nodes[i].inputs;
      if ((i < request_.first || i >= end_) && std::find(ids.begin(), ids.end(), input.id) != ids.end()) return false;
    }
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), input.id) != graph_.outputs.end()) return false;
    input.outer = false;
    return true;
  }

  void settle_held() {
    const RegionPlay play = play_region(region_);
    for (std::size_t t = 0; t < region_.tensors.size(); ++t) region_.tensors[t].held = play.least_held[t];
  }

  const Graph& graph_;
  const std::vector<std::optional<RowRule>>& rules_;
  const RegionRequest& request_;
  std::size_t end_;
  RowRegion region_;
  std::map<TensorId, std::size_t> places_;
  std::map<std::size_t, std::int32_t> outside_;  // by tensor, where somebody cares
};

}  // namespace

std::optional<PlayedRegion> make_region(const Graph& graph, const std::vector<std::optional<RowRule>>& rules, const RegionRequest& request) {
  return Maker(graph, rules, request).make();
}

void agree_on_borders(std::vector<RowRegion>& regions) {
  std::map<TensorId, std::pair<std::int32_t, std::int32_t>> borders;
  for (const RowRegion& region : regions) {
    for (const RowTensor& tensor : region.tensors) {
      auto& [above, below] = borders[tensor.id];
      above = aligned_above(tensor, std::max(above, tensor.above));
      below = std::max(below, tensor.below);
    }
  }
  for (RowRegion& region : regions) {
    for (RowTensor& tensor : region.tensors) {
      if (!tensor.outer) continue;
      tensor.above = borders[tensor.id].first;
      tensor.below = borders[tensor.id].second;
      tensor.held = tensor.all_rows();
    }
  }
}

}  // namespace mote
