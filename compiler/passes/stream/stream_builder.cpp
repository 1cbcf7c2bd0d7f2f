#include "passes/stream/stream_builder.hpp"

#include <algorithm>

#include "graph/attribute_values.hpp"
#include "graph/operator.hpp"
#include "ops/define.hpp"
#include "passes/rewrite.hpp"

namespace mote {

namespace {

std::shared_ptr<const Operator> operator_of(std::string_view name, const Attributes& attributes) {
  std::unique_ptr<Operator> op = make_operator(name);
  set_attributes(*op, attributes);
  return op;
}

}  // namespace

StreamBuilder::StreamBuilder(const Graph& model, const StreamPlan& plan, std::int32_t frames)
    : model_(model), plan_(plan), frames_(frames), graph_(model), parts_(model.tensors.size()), made_by_(producers(model)) {
  graph_.nodes.clear();
}

Graph StreamBuilder::build() {
  begin_input();
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    if (plan_.rule(i).use != TimeUse::kWhole) {
      stream_node(i);
      continue;
    }
    Node node = model_.nodes[i];
    for (TensorId& id : node.inputs) {
      if (streamed(id)) id = range(id, 0, stream(id).count);
    }
    graph_.nodes.push_back(std::move(node));
  }
  for (TensorId& id : graph_.outputs) {
    if (!streamed(id)) continue;
    const Tensor& told = model_.tensor(id);
    id = range(id, 0, stream(id).count);
    graph_.tensor(id).name = told.name;
    graph_.tensor(id).file_axes = told.file_axes;
  }
  prune(graph_);
  return std::move(graph_);
}

void StreamBuilder::begin_input() {
  const TensorId id = model_.inputs[0];
  Tensor& input = graph_.tensor(id);
  input.shape[static_cast<std::size_t>(stream(id).axis)] = frames_;
  parts(id).all = parts(id).fresh = parts(id).tail = id;
  push({id});
}

void StreamBuilder::stream_node(std::size_t index) {
  const TimeRule& rule = plan_.rule(index);
  Node node = model_.nodes[index];
  if (rule.use == TimeUse::kColumns) node = for_any_columns(graph_, node, rule, plan_.axes(node));
  if (rule.use == TimeUse::kColumns && same_columns(node)) {
    columns_at_once(node);
  } else {
    columns_apart(node, rule);
  }
  push(node.outputs);
}

bool StreamBuilder::same_columns(const Node& node) const {
  const Stream& out = stream(node.outputs[0]);
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](TensorId id) { return !streamed(id) || stream(id).same_layout(out); });
}

void StreamBuilder::columns_at_once(const Node& node) {
  Node made = node;
  for (TensorId& id : made.inputs) {
    if (streamed(id)) id = all(id);
  }
  const auto results = add(std::move(made), node.outputs);
  for (std::size_t i = 0; i < results.size(); ++i) parts(node.outputs[i]).all = results[i];
}

void StreamBuilder::columns_apart(const Node& node, const TimeRule& rule) {
  const Stream& out = stream(node.outputs[0]);
  const auto set = [&](TensorId Parts::*part, const std::vector<TensorId>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) parts(node.outputs[i]).*part = ids[i];
  };
  if (out.fresh_in_window()) {
    const bool alone = out.leading == 0 && !out.ends;
    set(&Parts::tail, block(node, rule, out.tail_begin(), out.tail_end(), alone ? "" : out.ends ? "end" : "new"));
  } else {
    set(&Parts::fresh, fresh_block(node, rule));
    if (out.ends) set(&Parts::bottom, block(node, rule, out.inner_end(), out.count, "end"));
  }
  if (out.leading > 0) set(&Parts::leading, block(node, rule, 0, out.leading, "start"));
}

void StreamBuilder::push(const std::vector<TensorId>& ids) {
  for (const TensorId id : ids) {
    const Stream& kept = stream(id);
    if (kept.kept == 0) continue;
    Tensor window = graph_.tensor(fresh(id));
    window.file_axes.clear();
    window.shape[static_cast<std::size_t>(kept.axis)] = kept.kept;
    window.name = model_.tensor(id).name + "/window";
    Tensor state = window;
    state.is_state = true;
    const TensorId frames = fresh(id);
    const TensorId from = graph_.add_tensor(std::move(state));
    parts(id).window = graph_.add_tensor(std::move(window));
    graph_.nodes.push_back(
        {name_of(id) + "_window", operator_of("push_window", {{"axis", kept.axis}}), {from, frames}, {parts(id).window}});
  }
}

TensorId StreamBuilder::range(TensorId id, std::int32_t from, std::int32_t to) {
  TensorId& known = ranges_.try_emplace({id, {from, to}}, kNoTensor).first->second;
  if (known != kNoTensor) return known;
  const Stream& s = stream(id);
  if (s.fresh_in_window() && from >= std::max(s.tail_begin(), s.leading)) {
    return known = slice(id, to <= s.inner_end() ? fresh(id) : tail(id), from - s.tail_begin(), to - from);
  }
  std::vector<TensorId> list;
  if (from < s.leading) list.push_back(slice(id, leading(id), from, std::min(to, s.leading) - from));
  const std::int32_t inner = std::max(from, s.leading);
  const std::int32_t inner_end = std::min(to, s.inner_end());
  if (inner < inner_end) list.push_back(entries(id, s.entry_of(inner), inner_end - inner, s.dilation()));
  if (to > s.inner_end()) {
    const std::int32_t begin = std::max(from, s.inner_end()) - s.inner_end();
    list.push_back(slice(id, bottom(id), begin, to - s.inner_end() - begin));
  }
  return known = join(id, list);
}

TensorId StreamBuilder::entries(TensorId id, std::int32_t oldest, std::int32_t count, std::int32_t apart) {
  const Stream& s = stream(id);
  const bool from_fresh = oldest < s.fresh;
  const std::int32_t held = from_fresh ? s.fresh : s.kept;
  return slice(id, from_fresh ? fresh(id) : parts(id).window, held - 1 - oldest, count, apart);
}

TensorId StreamBuilder::leading(TensorId id) {
  Parts& made = parts(id);
  if (made.leading == kNoTensor) made.leading = slice(id, made.all, 0, stream(id).leading);
  return made.leading;
}

TensorId StreamBuilder::fresh(TensorId id) {
  Parts& made = parts(id);
  const Stream& s = stream(id);
  if (made.fresh == kNoTensor)
    made.fresh = made.tail != kNoTensor ? slice(id, made.tail, 0, s.fresh) : slice(id, made.all, s.leading, s.fresh);
  return made.fresh;
}

TensorId StreamBuilder::bottom(TensorId id) {
  Parts& made = parts(id);
  const Stream& s = stream(id);
  if (made.bottom == kNoTensor)
    made.bottom =
        made.tail != kNoTensor ? slice(id, made.tail, s.fresh, s.bottom) : slice(id, made.all, s.leading + s.fresh, s.bottom);
  return made.bottom;
}

TensorId StreamBuilder::tail(TensorId id) {
  Parts& made = parts(id);
  const Stream& s = stream(id);
  if (made.tail != kNoTensor) return made.tail;
  if (made.all != kNoTensor) {
    made.tail = slice(id, made.all, s.leading, s.fresh + (s.ends ? s.bottom : 0));
  } else {
    made.tail = s.ends ? join(id, {fresh(id), bottom(id)}) : fresh(id);
  }
  return made.tail;
}

TensorId StreamBuilder::all(TensorId id) {
  Parts& made = parts(id);
  const Stream& s = stream(id);
  if (made.all == kNoTensor) made.all = s.leading > 0 ? join(id, {leading(id), tail(id)}) : tail(id);
  return made.all;
}

std::vector<TensorId> StreamBuilder::block(const Node& node, const TimeRule& rule, std::int32_t from, std::int32_t to,
                                           std::string_view part) {
  Node made = node;
  const std::int32_t first = from * rule.stride - rule.before;
  const std::int32_t end = (to - 1) * rule.stride - rule.before + (rule.kernel - 1) * rule.dilation + 1;
  for (TensorId& id : made.inputs) {
    if (!streamed(id)) continue;
    const Stream& in = stream(id);
    if (rule.use == TimeUse::kWindow)
      made.op = with_time_padding(*node.op, rule, in.axis, std::max(0, -first), std::max(0, end - in.count));
    id = range(id, std::max(first, 0), std::min(end, in.count));
  }
  return add(std::move(made), node.outputs, part);
}

std::vector<TensorId> StreamBuilder::fresh_block(const Node& node, const TimeRule& rule) {
  const Stream& out = stream(node.outputs[0]);
  const auto columns = [&](std::int32_t newest, std::int32_t count) {
    Node made = node;
    for (TensorId& id : made.inputs) {
      if (!streamed(id)) continue;
      const Stream& in = stream(id);
      const Taps taps = taps_of(in, out, rule, newest);
      const std::int32_t stride = out.step / in.step;
      if (rule.use == TimeUse::kWindow) made.op = on_neighbors(*node.op, rule, in.axis, stride);
      const std::int32_t taken = count == 1 ? rule.kernel : (count - 1) * stride + rule.kernel;
      const std::int32_t apart = count == 1 ? taps.apart : 1;
      id = entries(id, taps.newest + (taken - 1) * apart, taken, apart);
    }
    return add(std::move(made), node.outputs, "new");
  };
  const bool neighbors = std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
    return !streamed(id) || rule.kernel == 1 || taps_of(stream(id), out, rule, 0).apart == 1;
  });
  if (out.fresh == 1 || neighbors) return columns(0, out.fresh);
  std::vector<std::vector<TensorId>> each(node.outputs.size());
  for (std::int32_t entry = out.fresh; entry-- > 0;) {
    const auto made = columns(entry, 1);
    for (std::size_t i = 0; i < made.size(); ++i) each[i].push_back(made[i]);
  }
  std::vector<TensorId> joined;
  for (std::size_t i = 0; i < each.size(); ++i) joined.push_back(join(node.outputs[i], each[i]));
  return joined;
}

TensorId StreamBuilder::slice(TensorId of, TensorId id, std::int32_t from, std::int32_t count, std::int32_t apart) {
  const Shape shape = graph_.tensor(id).shape;
  const auto at = static_cast<std::size_t>(stream(of).axis);
  MOTE_CHECK(from >= 0 && count > 0 && from + (count - 1) * apart < shape[at]);
  if (from == 0 && count == shape[at]) return id;
  std::vector<std::int32_t> begin(shape.size(), 0), end(shape.begin(), shape.end()), strides(shape.size(), 1);
  begin[at] = from;
  end[at] = from + (count - 1) * apart + 1;
  strides[at] = count == 1 ? 1 : apart;
  const std::vector<TensorId> inputs{id, add_integers(graph_, begin), add_integers(graph_, end), add_integers(graph_, strides)};
  return add({name_of(of), operator_of("strided_slice", {}), inputs, {}}, {of}, "part")[0];
}

TensorId StreamBuilder::join(TensorId of, const std::vector<TensorId>& ids) {
  if (ids.size() == 1) return ids[0];
  return add({name_of(of), operator_of("concatenation", {{"axis", stream(of).axis}}), ids, {}}, {of}, "joined")[0];
}

std::string StreamBuilder::name_of(TensorId id) const {
  const std::int32_t maker = made_by_[static_cast<std::size_t>(id)];
  return maker < 0 ? "input" : model_.nodes[static_cast<std::size_t>(maker)].name;
}

std::vector<TensorId> StreamBuilder::add(Node node, const std::vector<TensorId>& like, std::string_view part) {
  node.outputs.clear();
  if (!part.empty()) node.name += fmt::format("_{}", part);
  for (const TensorId id : like) {
    Tensor tensor = graph_.tensor(id);
    tensor.file_axes.clear();
    tensor.data = nullptr;
    if (!part.empty()) tensor.name += fmt::format("/{}", part);
    node.outputs.push_back(graph_.add_tensor(std::move(tensor)));
  }
  const std::vector<TensorType> types = node.op->infer(NodeView(graph_, node));
  for (std::size_t i = 0; i < types.size(); ++i) graph_.tensor(node.outputs[i]).shape = types[i].shape;
  std::vector<TensorId> outputs = node.outputs;
  graph_.nodes.push_back(std::move(node));
  return outputs;
}

}  // namespace mote
