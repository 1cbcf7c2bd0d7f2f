#include "memory/plan_memory.hpp"

#include <algorithm>
#include <optional>

#include "memory/place_buffers.hpp"
#include "memory/sharing.hpp"
#include "memory/timeline.hpp"

namespace mote {

namespace {

constexpr std::int64_t kLargestOnStack = 2048;

/// Who shares memory with whom.
struct Merges {
  Sharing sharing;
  std::vector<bool> is_view, is_in_place;  // by node
};

/// Buffers of tensors, then those of scratch memory, in the order of the nodes that have some.
struct AllBuffers {
  std::vector<Buffer> buffers;
  std::vector<Closeness> close;
  std::vector<std::int32_t> place;  // by index of Sharing: of its tensors' buffer
  std::size_t tensors = 0;          // how many are of tensors
};

class Planner {
 public:
  Planner(const Graph& graph, std::vector<NodeMemory> nodes, const std::vector<RowRegion>& regions, const MemoryOptions& options)
      : graph_(graph), nodes_(std::move(nodes)), regions_(regions), options_(options), timeline_(graph, regions) {}

  MemoryPlan plan() {
    // Scratch that the stack can take never sets the peak.
    std::vector<std::int64_t> scratch;
    for (const NodeMemory& each : nodes_)
      scratch.push_back(options_.scratch_on_stack && each.scratch_bytes <= kLargestOnStack ? 0 : each.scratch_bytes);
    Merges merges = merge_buffers(scratch);
    const std::vector<bool> on_stack = choose_stack(merges.sharing);
    for (std::size_t i = 0; i < nodes_.size(); ++i) scratch[i] = on_stack[i] ? 0 : nodes_[i].scratch_bytes;
    const AllBuffers all = all_buffers(merges, scratch);
    const Placement placement = place_buffers(all.buffers, all.close, options_.turns);

    MemoryPlan plan;
    plan.is_view = std::move(merges.is_view);
    plan.arena_bytes = placement.total_bytes;
    plan.lower_bound_bytes = most_live_bytes(all.buffers, all.close);
    write_offsets(merges.sharing, all, placement, on_stack, scratch, plan);
    write_live_bytes(all, plan);
    return plan;
  }

 private:
  AllBuffers all_buffers(const Merges& merges, const std::vector<std::int64_t>& scratch) const {
    AllBuffers all;
    all.buffers = merges.sharing.live_buffers(&all.place);
    all.tensors = all.buffers.size();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!merges.is_view[i] && scratch[i] > 0) all.buffers.push_back(timeline_.scratch_of(i, scratch[i]));
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) add_closeness(merges, i, all);
    return all;
  }

  /// Output 0 beside the input that it can share most with.
  void add_closeness(const Merges& merges, std::size_t index, AllBuffers& all) const {
    if (merges.is_view[index] || merges.is_in_place[index] || timeline_.by_rows(index)) return;
    const Node& node = graph_.nodes[index];
    const TensorId out = node.outputs.empty() ? kNoTensor : node.outputs[0];
    const Sharing& sharing = merges.sharing;
    const std::int32_t tick = timeline_.first(index);
    const auto alone = [&](TensorId id) { return sharing.is_whole_buffer(id) && sharing.offset_in_buffer(id) == 0; };
    if (nodes_[index].overlaps.empty() || !alone(out) || sharing.buffer(sharing.buffer_of(out)).first != tick) return;
    std::optional<Closeness> best;
    for (const Overlap& overlap : nodes_[index].overlaps) {
      const TensorId in = node.inputs[static_cast<std::size_t>(overlap.input)];
      if (!dies_alone(sharing, index, overlap.input) || !alone(in) || sharing.same_buffer(in, out)) continue;
      const Buffer& upper = sharing.buffer(sharing.buffer_of(in));
      if (overlap.bytes >= sharing.buffer(sharing.buffer_of(out)).bytes) continue;
      const auto place = [&](TensorId id) { return static_cast<std::size_t>(all.place[static_cast<std::size_t>(sharing.buffer_of(id))]); };
      const Closeness close{place(out), place(in), overlap.bytes};
      if (!best || upper.bytes > all.buffers[best->upper].bytes) best = close;
    }
    if (best) all.close.push_back(*best);
  }

  /// Whether nobody needs the buffer of input `index` after this node and no other input lies in it.
  bool dies_alone(const Sharing& sharing, std::size_t step, int index) const {
    const Node& node = graph_.nodes[step];
    const TensorId in = node.inputs[static_cast<std::size_t>(index)];
    if (in == kNoTensor || !sharing.in_memory(in) || graph_.tensor(in).is_state) return false;
    if (sharing.buffer(sharing.buffer_of(in)).last != timeline_.first(step)) return false;
    return std::none_of(node.inputs.begin(), node.inputs.end(), [&](TensorId other) {
      return other != kNoTensor && other != in && sharing.in_memory(other) && sharing.same_buffer(other, in);
    });
  }

  std::int64_t peak(const Merges& merges, const std::vector<std::int64_t>& scratch) const {
    const AllBuffers all = all_buffers(merges, scratch);
    return most_live_bytes(all.buffers, all.close);
  }

  bool make_views(Sharing& sharing, std::size_t index) const {
    const Node& node = graph_.nodes[index];
    for (const Alias& alias : nodes_[index].aliases) {
      const TensorId in = node.inputs[static_cast<std::size_t>(alias.input)];
      const TensorId out = node.outputs[static_cast<std::size_t>(alias.output)];
      if (!sharing.in_memory(in) || graph_.tensor(in).is_state) return false;
      const bool done =
          alias.input_is_smaller ? sharing.merge(in, out, alias.offset_bytes) : sharing.merge(out, in, alias.offset_bytes);
      if (!done) return false;
    }
    return true;
  }

  /// Views first, then results in place, both in running order; each only if the peak does not rise. None in place where `apart`.
  Merges merge_buffers(const std::vector<std::int64_t>& scratch, const std::vector<bool>& apart) const {
    Merges made{Sharing(graph_, timeline_), std::vector<bool>(nodes_.size(), false), std::vector<bool>(nodes_.size(), false)};
    for (const Node& node : graph_.nodes) {
      if (const int state = node.op->output_state(NodeView(graph_, node)); state >= 0)
        MOTE_CHECK(made.sharing.merge(node.outputs[0], node.inputs[static_cast<std::size_t>(state)], 0));
    }
    std::int64_t least = peak(made, scratch);
    // Applies a change and keeps it unless it fails or raises the peak.
    const auto try_change = [&](std::vector<bool>& done, std::size_t node, auto&& change) {
      Merges attempt = made;
      if (!change(attempt.sharing)) return;
      (&done == &made.is_view ? attempt.is_view : attempt.is_in_place)[node] = true;
      const std::int64_t bytes = peak(attempt, scratch);
      if (bytes > least) return;
      least = bytes;
      made = std::move(attempt);
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].aliases.empty() || timeline_.by_rows(i)) continue;
      try_change(made.is_view, i, [&](Sharing& sharing) { return make_views(sharing, i); });
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (const int index : nodes_[i].in_place) {
        if (made.is_view[i] || made.is_in_place[i] || apart[i] || timeline_.by_rows(i)) break;
        try_change(made.is_in_place, i, [&](Sharing& sharing) {
          const Node& node = graph_.nodes[i];
          return dies_alone(sharing, i, index) && sharing.merge(node.outputs[0], node.inputs[static_cast<std::size_t>(index)], 0);
        });
      }
    }
    return made;
  }

  /// The same, but a result in place that turns out to raise the peak, since a later one lowered the rest, is apart. Graphs of
  /// thousands of nodes (unrolled loops) end the search early.
  Merges merge_buffers(const std::vector<std::int64_t>& scratch) const {
    std::vector<bool> apart(nodes_.size(), false);
    Merges best = merge_buffers(scratch, apart);
    std::int64_t least = peak(best, scratch);
    constexpr std::size_t kMostWork = 30'000'000;
    std::size_t attempts = kMostWork / std::max<std::size_t>(1, nodes_.size() * nodes_.size());
    for (std::size_t i = 0; i < nodes_.size() && attempts > 0; ++i) {
      if (!best.is_in_place[i]) continue;
      if (!reaches(best.sharing.buffer(best.sharing.buffer_of(graph_.nodes[i].outputs[0])), least, all_buffers(best, scratch))) continue;
      apart[i] = true;
      --attempts;
      Merges attempt = merge_buffers(scratch, apart);
      const std::int64_t bytes = peak(attempt, scratch);
      apart[i] = bytes < least;
      if (apart[i]) best = std::move(attempt), least = bytes;
    }
    return best;
  }

  /// Whether `bytes` live at once at some tick of the buffer's life.
  static bool reaches(const Buffer& buffer, std::int64_t bytes, const AllBuffers& all) {
    const std::vector<std::int64_t> live = live_bytes_by_tick(all.buffers, all.close);
    for (std::int32_t tick = buffer.first; tick <= buffer.last; ++tick) {
      if (live[static_cast<std::size_t>(tick)] >= bytes) return true;
    }
    return false;
  }

  /// Nodes whose scratch leaves the arena, since it would raise the peak there and is small enough for the stack.
  std::vector<bool> choose_stack(const Sharing& sharing) const {
    std::vector<bool> on_stack(nodes_.size(), false);
    if (!options_.scratch_on_stack) return on_stack;
    const std::vector<Buffer> tensors = sharing.live_buffers();
    const std::int64_t most = most_live_bytes(tensors);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].scratch_bytes == 0 || nodes_[i].scratch_bytes > kLargestOnStack) continue;
      std::vector<Buffer> with_it = tensors;
      with_it.push_back(timeline_.scratch_of(i, nodes_[i].scratch_bytes));
      on_stack[i] = most_live_bytes(with_it) > most;
    }
    return on_stack;
  }

  void write_offsets(const Sharing& sharing, const AllBuffers& all, const Placement& placement, const std::vector<bool>& on_stack,
                     const std::vector<std::int64_t>& scratch, MemoryPlan& plan) const {
    for (std::size_t b = 0; b < all.buffers.size(); ++b) {
      const auto node = [&](std::int32_t tick) { return static_cast<std::int32_t>(tick < timeline_.end() ? timeline_.node_at(tick) : graph_.nodes.size()); };
      plan.buffers.push_back({{}, placement.offsets[b], all.buffers[b].bytes, node(all.buffers[b].first), node(all.buffers[b].last), false});
    }
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const auto id = static_cast<TensorId>(i);
      if (!sharing.in_memory(id)) {
        plan.tensor_offsets.push_back(MemoryPlan::kNowhere);
        continue;
      }
      const auto b = static_cast<std::size_t>(all.place[static_cast<std::size_t>(sharing.buffer_of(id))]);
      plan.tensor_offsets.push_back(placement.offsets[b] + sharing.offset_in_buffer(id));
      plan.buffers[b].tensors.push_back(id);
      plan.buffers[b].is_ring = timeline_.is_ring(id);
    }
    std::size_t next = all.tensors;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool in_arena = !plan.is_view[i] && scratch[i] > 0;
      plan.scratch_offsets.push_back(in_arena ? placement.offsets[next++] : on_stack[i] && !plan.is_view[i] ? MemoryPlan::kOnStack : MemoryPlan::kNowhere);
    }
    std::stable_sort(plan.buffers.begin(), plan.buffers.end(),
                     [](const PlacedBuffer& a, const PlacedBuffer& b) { return a.first < b.first; });
  }

  void write_live_bytes(const AllBuffers& all, MemoryPlan& plan) const {
    plan.live_bytes.assign(nodes_.size(), 0);
    const std::vector<std::int64_t> by_tick = live_bytes_by_tick(all.buffers, all.close);
    for (std::int32_t tick = 0; tick < timeline_.end(); ++tick) {
      const std::int64_t live = static_cast<std::size_t>(tick) < by_tick.size() ? by_tick[static_cast<std::size_t>(tick)] : 0;
      std::int64_t& most = plan.live_bytes[timeline_.node_at(tick)];
      most = std::max(most, live);
      if (most > plan.live_bytes[static_cast<std::size_t>(plan.peak_node)]) plan.peak_node = static_cast<std::int32_t>(timeline_.node_at(tick));
    }
  }

  const Graph& graph_;
  std::vector<NodeMemory> nodes_;
  const std::vector<RowRegion>& regions_;
  MemoryOptions options_;
  Timeline timeline_;
};

}  // namespace

MemoryPlan plan_memory(const Graph& graph, std::vector<NodeMemory> nodes, const std::vector<RowRegion>& regions, const MemoryOptions& options) {
  MOTE_CHECK(nodes.size() == graph.nodes.size());
  return Planner(graph, std::move(nodes), regions, options).plan();
}

}  // namespace mote
