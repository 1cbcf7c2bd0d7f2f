#include "memory/plan_memory.hpp"

#include <algorithm>

#include "memory/place_buffers.hpp"
#include "memory/sharing.hpp"

namespace mote {

namespace {

/// All buffers: those of tensors, then scratch memory, which lives while its node runs.
std::vector<Buffer> with_scratch(std::vector<Buffer> buffers, const std::vector<NodeMemory>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto step = static_cast<std::int32_t>(i);
    if (nodes[i].scratch_bytes > 0) buffers.push_back({nodes[i].scratch_bytes, 8, step, step});
  }
  return buffers;
}

constexpr std::int64_t kLargestOnStack = 2048;

/// Takes scratch off the arena where it would raise the peak and is small enough for the stack. Says which nodes keep theirs
/// there.
std::vector<bool> move_scratch_to_stack(const Sharing& sharing, std::vector<NodeMemory>& nodes) {
  const std::vector<Buffer> tensors = sharing.live_buffers();
  const std::int64_t peak = most_live_bytes(tensors);
  std::vector<bool> on_stack(nodes.size(), false);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].scratch_bytes == 0 || nodes[i].scratch_bytes > kLargestOnStack) continue;
    const auto step = static_cast<std::int32_t>(i);
    std::int64_t live = nodes[i].scratch_bytes;
    for (const Buffer& buffer : tensors) live += buffer.first <= step && step <= buffer.last ? buffer.bytes : 0;
    on_stack[i] = live > peak;
    if (on_stack[i]) nodes[i].scratch_bytes = 0;
  }
  return on_stack;
}

/// Applies `change` to the sharing and keeps it unless it fails or raises the peak.
template <typename Change>
bool try_change(Sharing& sharing, const std::vector<NodeMemory>& nodes, Change&& change) {
  Sharing attempt = sharing;
  if (!change(attempt)) return false;
  const auto peak = [&](const Sharing& each) { return most_live_bytes(with_scratch(each.live_buffers(), nodes)); };
  if (peak(attempt) > peak(sharing)) return false;
  sharing = std::move(attempt);
  return true;
}

bool make_views(Sharing& sharing, const Graph& graph, const Node& node, const std::vector<Alias>& aliases) {
  for (const Alias& alias : aliases) {
    const TensorId in = node.inputs[static_cast<std::size_t>(alias.input)];
    const TensorId out = node.outputs[static_cast<std::size_t>(alias.output)];
    if (!sharing.in_memory(in) || graph.tensor(in).is_state) return false;
    const bool done =
        alias.input_is_smaller ? sharing.merge(in, out, alias.offset_bytes) : sharing.merge(out, in, alias.offset_bytes);
    if (!done) return false;
  }
  return true;
}

/// Lays output 0 over input `index`, when nobody needs that input's buffer after this step and no other input lies in it.
bool take_over(Sharing& sharing, const Graph& graph, std::size_t step, int index) {
  const Node& node = graph.nodes[step];
  const TensorId in = node.inputs[static_cast<std::size_t>(index)];
  const TensorId out = node.outputs[0];
  if (in == kNoTensor || !sharing.in_memory(in) || graph.tensor(in).is_state) return false;
  if (sharing.buffer(sharing.buffer_of(in)).last != static_cast<std::int32_t>(step)) return false;
  for (const TensorId other : node.inputs) {
    if (other != kNoTensor && other != in && sharing.in_memory(other) && sharing.same_buffer(other, in)) return false;
  }
  return sharing.merge(out, in, 0);
}

/// Whether `bytes` live at once at some step of the buffer's life.
bool reaches(const Buffer& buffer, std::int64_t bytes, const std::vector<Buffer>& buffers) {
  for (std::int32_t step = buffer.first; step <= buffer.last; ++step) {
    std::int64_t live = 0;
    for (const Buffer& each : buffers) live += each.first <= step && step <= each.last ? each.bytes : 0;
    if (live >= bytes) return true;
  }
  return false;
}

/// Who shares memory with whom.
struct Merges {
  Sharing sharing;
  std::vector<bool> is_view, is_in_place;  // by node
};

/// Views first, then results in place, both in running order; each only if the peak does not rise. None in place where `apart`.
Merges merge_buffers(const Graph& graph, const std::vector<NodeMemory>& nodes, const std::vector<bool>& apart) {
  Merges made{Sharing(graph), std::vector<bool>(nodes.size(), false), std::vector<bool>(nodes.size(), false)};
  for (const Node& node : graph.nodes) {
    if (const int state = node.op->output_state(NodeView(graph, node)); state >= 0)
      MOTE_CHECK(made.sharing.merge(node.outputs[0], node.inputs[static_cast<std::size_t>(state)], 0));
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].aliases.empty()) continue;
    made.is_view[i] = try_change(made.sharing, nodes,
                                 [&](Sharing& attempt) { return make_views(attempt, graph, graph.nodes[i], nodes[i].aliases); });
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const int index : nodes[i].in_place) {
      if (made.is_view[i] || made.is_in_place[i] || apart[i]) break;
      made.is_in_place[i] =
          try_change(made.sharing, nodes, [&](Sharing& attempt) { return take_over(attempt, graph, i, index); });
    }
  }
  return made;
}

/// As merge_buffers, but a result in place that turns out to raise the peak, since a later one lowered the rest, is apart. Graphs
/// of thousands of nodes (unrolled loops) end the search early.
Merges merge_buffers(const Graph& graph, const std::vector<NodeMemory>& nodes) {
  const auto peak = [&](const Merges& merges) { return most_live_bytes(with_scratch(merges.sharing.live_buffers(), nodes)); };
  std::vector<bool> apart(nodes.size(), false);
  Merges best = merge_buffers(graph, nodes, apart);
  std::int64_t least = peak(best);
  constexpr std::size_t kMostWork = 30'000'000;
  std::size_t attempts = kMostWork / std::max<std::size_t>(1, nodes.size() * nodes.size());
  for (std::size_t i = 0; i < nodes.size() && attempts > 0; ++i) {
    if (!best.is_in_place[i]) continue;
    const Buffer& buffer = best.sharing.buffer(best.sharing.buffer_of(graph.nodes[i].outputs[0]));
    if (!reaches(buffer, least, with_scratch(best.sharing.live_buffers(), nodes))) continue;
    apart[i] = true;
    --attempts;
    Merges attempt = merge_buffers(graph, nodes, apart);
    const std::int64_t bytes = peak(attempt);
    apart[i] = bytes < least;
    if (apart[i]) best = std::move(attempt), least = bytes;
  }
  return best;
}

}  // namespace

MemoryPlan plan_memory(const Graph& graph, std::vector<NodeMemory> nodes) {
  MOTE_CHECK(nodes.size() == graph.nodes.size());
  // Scratch that the stack can take never sets the peak.
  std::vector<NodeMemory> in_arena = nodes;
  for (NodeMemory& each : in_arena) each.scratch_bytes = each.scratch_bytes > kLargestOnStack ? each.scratch_bytes : 0;
  Merges merges = merge_buffers(graph, in_arena);
  const Sharing& sharing = merges.sharing;
  MemoryPlan plan;
  plan.is_view = std::move(merges.is_view);

  const std::vector<bool> on_stack = move_scratch_to_stack(sharing, nodes);
  std::vector<std::int32_t> place;
  const std::vector<Buffer> buffers = with_scratch(sharing.live_buffers(&place), nodes);
  const Placement placement = place_buffers(buffers);
  plan.arena_bytes = placement.total_bytes;
  plan.lower_bound_bytes = most_live_bytes(buffers);
  for (std::size_t b = 0; b < buffers.size(); ++b) {
    plan.buffers.push_back({{}, placement.offsets[b], buffers[b].bytes, buffers[b].first, buffers[b].last, false});
  }
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const auto id = static_cast<TensorId>(i);
    if (sharing.in_memory(id)) plan.buffers[static_cast<std::size_t>(place[static_cast<std::size_t>(sharing.buffer_of(id))])].tensors.push_back(id);
    const bool placed = sharing.in_memory(id);
    plan.tensor_offsets.push_back(
        placed ? placement.offsets[static_cast<std::size_t>(place[static_cast<std::size_t>(sharing.buffer_of(id))])] +
                     sharing.offset_in_buffer(id)
               : MemoryPlan::kNowhere);
  }
  std::size_t next_scratch =
      buffers.size() - static_cast<std::size_t>(
                           std::count_if(nodes.begin(), nodes.end(), [](const NodeMemory& n) { return n.scratch_bytes > 0; }));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    plan.scratch_offsets.push_back(nodes[i].scratch_bytes > 0 ? placement.offsets[next_scratch++]
                                   : on_stack[i]              ? MemoryPlan::kOnStack
                                                              : MemoryPlan::kNowhere);
    std::int64_t live = 0;
    for (const Buffer& buffer : buffers) {
      if (buffer.first <= static_cast<std::int32_t>(i) && static_cast<std::int32_t>(i) <= buffer.last) live += buffer.bytes;
    }
    plan.live_bytes.push_back(live);
    if (live > plan.live_bytes[static_cast<std::size_t>(plan.peak_node)]) plan.peak_node = static_cast<std::int32_t>(i);
  }
  std::stable_sort(plan.buffers.begin(), plan.buffers.end(),
                   [](const PlacedBuffer& a, const PlacedBuffer& b) { return a.first < b.first; });
  return plan;
}

}  // namespace mote
