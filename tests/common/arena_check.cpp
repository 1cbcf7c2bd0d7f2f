#include "common/arena_check.hpp"

#include <algorithm>

#include "ops/kernel_call.hpp"
#include "targets/target.hpp"

namespace mote::test {

namespace {

using Value = std::int64_t;  // what a byte holds: each byte of each tensor is a value of its own, except for views
constexpr Value kGarbage = -1;
constexpr Value kOutside = -2;  // in rows above and below a tensor

struct Range {
  std::int64_t begin, end;
  bool meets(const Range& other) const { return begin < other.end && other.begin < end; }
};

class Player {
 public:
  Player(const Graph& graph, const std::vector<NodeMemory>& nodes, const MemoryPlan& plan, const std::vector<RowRegion>& regions)
      : graph_(graph), nodes_(nodes), plan_(plan), regions_(regions), arena_(static_cast<std::size_t>(plan.arena_bytes), kGarbage), values_(graph.tensors.size()) {}

  std::string play() {
    for (const TensorId id : graph_.inputs) {
      if (!comes_by_rows(id)) write(id);
    }
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state && plan_.tensor_offsets[i] != MemoryPlan::kNowhere) write(static_cast<TensorId>(i));
    }
    for (step_ = 0; step_ < graph_.nodes.size() && fault_.empty(); ++step_) {
      const auto region = std::find_if(regions_.begin(), regions_.end(), [&](const RowRegion& each) { return each.stages.front().node == step_; });
      if (region == regions_.end()) {
        run(graph_.nodes[step_]);
      } else {
        run_rows(*region);
      }
    }
    if (!fault_.empty()) return fault_;
    for (const TensorId id : graph_.outputs) read(id, "an output at the end");
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state) read(static_cast<TensorId>(i), "state at the end");
    }
    return fault_;
  }

 private:
  void run(const Node& node) {
    for (const TensorId id : node.inputs) read(id, "an input");
    if (plan_.is_view[step_]) return make_views(node);
    check_outputs(node);
    const bool on_stack = plan_.scratch_offsets[step_] == MemoryPlan::kOnStack;
    if (on_stack) forbid(nodes_[step_].scratch_bytes > 2048, "scratch too large for the stack lies there");
    if (nodes_[step_].scratch_bytes > 0 && !on_stack) {
      const Range scratch{plan_.scratch_offsets[step_], plan_.scratch_offsets[step_] + nodes_[step_].scratch_bytes};
      for (const TensorId id : node.inputs) forbid(placed(id) && scratch.meets(range(id)), "scratch lies over an input");
      for (const TensorId id : node.outputs) forbid(scratch.meets(range(id)), "scratch lies over an output");
      fill(scratch, [](std::size_t) { return kGarbage; });
    }
    for (const TensorId id : node.outputs) write(id);
    for (const TensorId id : node.outputs) read(id, "a result beside the others");
    if (const TensorId state = changed_state(node); state != kNoTensor)
      values_[static_cast<std::size_t>(state)] = values_[static_cast<std::size_t>(node.outputs[0])];
  }

  // A region, by the words of device/include/mote/rows.hpp.

  struct Rows {
    std::int64_t memory = 0;  // of its first row above
    std::int32_t first = 0, end = 0;
  };

  bool comes_by_rows(TensorId id) const {
    return std::any_of(regions_.begin(), regions_.end(), [&](const RowRegion& each) { return each.fed && each.tensors[each.input].id == id; });
  }

  void run_rows(const RowRegion& region) {
    std::vector<Rows> rows;
    for (const RowTensor& tensor : region.tensors) {
      const std::int64_t offset = plan_.tensor_offsets[static_cast<std::size_t>(tensor.id)];
      rows.push_back({offset - (tensor.outer ? tensor.above * tensor.row_bytes : 0), 0, tensor.above});
    }
    for (std::size_t t = 0; t < rows.size(); ++t) {
      const RowTensor& tensor = region.tensors[t];
      const bool made = std::any_of(region.stages.begin(), region.stages.end(), [&](const RowStage& stage) { return stage.output == t; });
      auto& value = values_[static_cast<std::size_t>(tensor.id)];
      if (made || region.fed) {
        value.clear();
        for (std::int64_t i = 0; i < graph_.tensor(tensor.id).bytes(); ++i) value.push_back(next_++);
      }
      if (made || (region.fed && t == region.input)) continue;
      put(rows[t].memory, tensor.above * tensor.row_bytes, [](std::size_t) { return kOutside; });
      if (t != region.input) rows[t].end = tensor.above + tensor.rows;
    }
    const RowTensor& pace = region.tensors[region.input];
    Rows& input = rows[region.input];
    while (fault_.empty()) {
      const RowStage* next = nullptr;
      for (const RowStage& stage : region.stages) next = ready(region, rows, stage) ? &stage : next;
      if (next != nullptr) {
        call(region, rows, *next);
      } else if (input.end >= pace.above + pace.rows) {
        break;
      } else if (region.fed) {
        make_rows(region, rows, region.input, 1);
      } else {
        input.end = std::min(input.end + region.input_step, pace.above + pace.rows);
      }
    }
    for (const RowStage& stage : region.stages) forbid(rows[stage.output].end < region.tensors[stage.output].above + region.tensors[stage.output].rows, "rows are missing at the end");
    step_ = region.stages.back().node;
  }

  std::int32_t next_row(const RowRegion& region, const std::vector<Rows>& rows, const RowStage& stage, const RowInput& input) const {
    const std::int32_t made = rows[stage.output].end - region.tensors[stage.output].above;
    return made < region.tensors[stage.output].rows ? made / input.repeat * input.stride + input.first + region.tensors[input.tensor].above : region.tensors[input.tensor].all_rows();
  }

  bool ready(const RowRegion& region, const std::vector<Rows>& rows, const RowStage& stage) const {
    return std::all_of(stage.inputs.begin(), stage.inputs.end(), [&](const RowInput& input) {
      const RowTensor& tensor = region.tensors[input.tensor];
      const std::int32_t end = rows[input.tensor].end == tensor.above + tensor.rows ? tensor.all_rows() : rows[input.tensor].end;
      return next_row(region, rows, stage, input) + input.window <= end;
    });
  }

  void call(const RowRegion& region, std::vector<Rows>& rows, const RowStage& stage) {
    step_ = stage.node;
    for (const RowInput& input : stage.inputs) {
      const RowTensor& tensor = region.tensors[input.tensor];
      Rows& state = rows[input.tensor];
      if (next_row(region, rows, stage, input) + input.window <= state.end) continue;
      make_room(region, rows, input.tensor, tensor.below);
      put(state.memory + (state.end - state.first) * tensor.row_bytes, tensor.below * tensor.row_bytes, [](std::size_t) { return kOutside; });
      state.end += tensor.below;
    }
    make_room(region, rows, stage.output, stage.step);
    const RowTensor& made = region.tensors[stage.output];
    const Range out{rows[stage.output].memory + (rows[stage.output].end - rows[stage.output].first) * made.row_bytes,
                    rows[stage.output].memory + (rows[stage.output].end - rows[stage.output].first + stage.step) * made.row_bytes};
    const std::int64_t scratch_offset = plan_.scratch_offsets[stage.node];
    const Range scratch{scratch_offset, scratch_offset + nodes_[stage.node].scratch_bytes};
    const bool has_scratch = nodes_[stage.node].scratch_bytes > 0 && scratch_offset >= 0;
    forbid(has_scratch && scratch.meets(out), "scratch lies over rows that are made");
    for (const RowInput& input : stage.inputs) {
      const RowTensor& tensor = region.tensors[input.tensor];
      const Rows& from = rows[input.tensor];
      const std::int32_t first = next_row(region, rows, stage, input);
      const Range in{from.memory + (first - from.first) * tensor.row_bytes, from.memory + (first - from.first + input.window) * tensor.row_bytes};
      forbid(in.begin % 4 != 0 || out.begin % 4 != 0, "rows begin at no multiple of 4");
      forbid(in.meets(out), "rows that are made lie over rows that are read");
      forbid(has_scratch && scratch.meets(in), "scratch lies over rows that are read");
      forbid(first < from.first, "a row that is read is gone");
      const auto& value = values_[static_cast<std::size_t>(tensor.id)];
      for (std::int64_t i = 0; i < in.end - in.begin; ++i) {
        const std::int64_t at = (first - tensor.above) * tensor.row_bytes + i;  // in the tensor
        const bool outside = at < 0 || at >= static_cast<std::int64_t>(value.size());
        const bool inside_arena = in.begin + i < plan_.arena_bytes;
        if (!inside_arena || arena_[static_cast<std::size_t>(in.begin + i)] != (outside ? kOutside : value[static_cast<std::size_t>(at)]))
          return forbid(true, fmt::format("row {} of '{}' has lost byte {}", first + i / tensor.row_bytes, graph_.tensor(tensor.id).name, i));
      }
    }
    if (has_scratch) put(scratch.begin, scratch.end - scratch.begin, [](std::size_t) { return kGarbage; });
    write_rows(region, rows, stage.output, stage.step);
  }

  /// The next rows of a tensor: memory for them, and what is in them.
  void make_rows(const RowRegion& region, std::vector<Rows>& rows, std::size_t t, std::int32_t count) {
    make_room(region, rows, t, count);
    write_rows(region, rows, t, count);
  }

  void make_room(const RowRegion& region, std::vector<Rows>& rows, std::size_t t, std::int32_t count) {
    const RowTensor& tensor = region.tensors[t];
    Rows& state = rows[t];
    if (state.end == tensor.above) put(state.memory, tensor.above * tensor.row_bytes, [](std::size_t) { return kOutside; });
    const std::int32_t end = state.end + count;
    if (tensor.outer || end - state.first <= tensor.held) return;
    std::int32_t needed = tensor.all_rows();
    for (const RowStage& stage : region.stages) {
      for (const RowInput& input : stage.inputs) {
        if (input.tensor == t) needed = std::min(needed, next_row(region, rows, stage, input));
      }
    }
    const std::int32_t from = std::min(needed, state.end);
    const std::int64_t bytes = (state.end - from) * tensor.row_bytes, source = state.memory + (from - state.first) * tensor.row_bytes;
    put(state.memory, bytes, [&](std::size_t i) { return arena_[static_cast<std::size_t>(source) + i]; });
    state.first = from;
    forbid(end - state.first > tensor.held, "rows do not fit their memory");
  }

  void write_rows(const RowRegion& region, std::vector<Rows>& rows, std::size_t t, std::int32_t count) {
    const RowTensor& tensor = region.tensors[t];
    Rows& state = rows[t];
    const auto& value = values_[static_cast<std::size_t>(tensor.id)];
    const auto from = static_cast<std::size_t>((state.end - tensor.above) * tensor.row_bytes);
    const std::int64_t to = state.memory + (state.end - state.first) * tensor.row_bytes;
    put(to, count * tensor.row_bytes, [&](std::size_t i) { return from + i < value.size() ? value[from + i] : kGarbage; });
    state.end = std::min(state.end + count, tensor.above + tensor.rows);
  }

  template <typename ValueOf>
  void put(std::int64_t offset, std::int64_t count, ValueOf&& value_of) {
    if (count > 0) fill({offset, offset + count}, value_of);
  }

  /// No result lies over what the node still reads, but where the kernel allows it, and then exactly.
  void check_outputs(const Node& node) {
    for (const TensorId out : node.outputs) {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorId in = node.inputs[i];
        if (!placed(in) || !range(in).meets(range(out))) continue;
        const auto& allowed = nodes_[step_].in_place;
        if (in == changed_state(node)) {
          forbid(out != node.outputs[0] || range(in).begin != range(out).begin, "a result does not lie where its state does");
          continue;
        }
        const bool may = out == node.outputs[0] && range(in).begin == range(out).begin &&
                         std::any_of(allowed.begin(), allowed.end(), [&](int k) { return node.inputs[static_cast<std::size_t>(k)] == in; });
        const bool close = std::any_of(nodes_[step_].overlaps.begin(), nodes_[step_].overlaps.end(), [&](const Overlap& each) {
          return out == node.outputs[0] && node.inputs[static_cast<std::size_t>(each.input)] == in && range(out).begin + each.bytes <= range(in).begin;
        });
        forbid(!may && !close, "a result lies over an input");
      }
    }
  }

  /// The state that is output 0 from then on.
  TensorId changed_state(const Node& node) const {
    const int input = node.op->output_state(NodeView(graph_, node));
    return input < 0 ? kNoTensor : node.inputs[static_cast<std::size_t>(input)];
  }

  void make_views(const Node& node) {
    for (const TensorId id : node.outputs) values_[static_cast<std::size_t>(id)].assign(bytes(id), kGarbage);
    for (const Alias& alias : nodes_[step_].aliases) {
      const auto& in = values_[static_cast<std::size_t>(node.inputs[static_cast<std::size_t>(alias.input)])];
      auto& out = values_[static_cast<std::size_t>(node.outputs[static_cast<std::size_t>(alias.output)])];
      const auto offset = static_cast<std::size_t>(alias.offset_bytes);
      if (alias.input_is_smaller) {
        std::copy(in.begin(), in.end(), out.begin() + alias.offset_bytes);
      } else {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[offset + i];
      }
    }
    for (const TensorId id : node.outputs) read(id, "a view");
  }

  void write(TensorId id) {
    auto& value = values_[static_cast<std::size_t>(id)];
    value.resize(bytes(id));
    for (Value& each : value) each = next_++;
    fill(range(id), [&](std::size_t i) { return value[i]; });
  }

  void read(TensorId id, const char* what) {
    if (id == kNoTensor || graph_.tensor(id).is_constant()) return;
    if (!placed(id)) return forbid(true, "a tensor in use has no place");
    const auto& value = values_[static_cast<std::size_t>(id)];
    for (std::size_t i = 0; i < bytes(id); ++i) {
      const std::size_t at = static_cast<std::size_t>(range(id).begin) + i;
      if (at >= arena_.size() || arena_[at] != value[i] || value[i] == kGarbage) {
        return forbid(true, fmt::format("{}, tensor '{}', has lost byte {}", what, graph_.tensor(id).name, i));
      }
    }
  }

  template <typename ValueOf>
  void fill(const Range& where, ValueOf&& value_of) {
    forbid(where.begin < 0 || where.end > plan_.arena_bytes, "something lies outside of the arena");
    for (std::int64_t i = std::max<std::int64_t>(where.begin, 0); i < std::min(where.end, plan_.arena_bytes); ++i) {
      arena_[static_cast<std::size_t>(i)] = value_of(static_cast<std::size_t>(i - where.begin));
    }
  }

  void forbid(bool wrong, const std::string& what) {
    if (wrong && fault_.empty()) fault_ = fmt::format("step {}: {}", step_, what);
  }

  bool placed(TensorId id) const { return id != kNoTensor && plan_.tensor_offsets[static_cast<std::size_t>(id)] != MemoryPlan::kNowhere; }
  std::size_t bytes(TensorId id) const { return static_cast<std::size_t>(graph_.tensor(id).bytes()); }
  Range range(TensorId id) const {
    const std::int64_t begin = plan_.tensor_offsets[static_cast<std::size_t>(id)];
    return {begin, begin + graph_.tensor(id).bytes()};
  }

  const Graph& graph_;
  const std::vector<NodeMemory>& nodes_;
  const MemoryPlan& plan_;
  const std::vector<RowRegion>& regions_;
  std::vector<Value> arena_;
  std::vector<std::vector<Value>> values_;  // by tensor
  Value next_ = 0;
  std::size_t step_ = 0;
  std::string fault_;
};

}  // namespace

std::string arena_fault(const Graph& graph, const std::vector<NodeMemory>& nodes, const MemoryPlan& plan, const std::vector<RowRegion>& regions) {
  return Player(graph, nodes, plan, regions).play();
}

std::vector<NodeMemory> node_memory(const Graph& graph) {
  std::vector<NodeMemory> result;
  for (const Node& node : graph.nodes) {
    const NodeView view(graph, node);
    const auto rows = node.op->implementations(view);
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Implementation& each) { return each.applies == nullptr || each.applies(view); });
    const KernelCall call = row->lower(view);
    result.push_back({call.scratch_bytes, call.in_place, node.op->aliases(view), call.overlaps});
  }
  return result;
}

}  // namespace mote::test
