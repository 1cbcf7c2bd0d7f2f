#include "memory/order_model.hpp"

#include <algorithm>
#include <numeric>

#include "graph/operator.hpp"
#include "memory/sharing.hpp"

namespace mote {

namespace {

constexpr std::int32_t kNone = -1;

void add_once(std::vector<std::int32_t>& list, std::int32_t value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// Which tensors share bytes.
class Shares {
 public:
  explicit Shares(const Graph& graph) : graph_(&graph), storage_of_(graph.tensors.size(), kNone) {
    const std::vector<bool> in_memory = tensors_in_memory(graph);
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
      if (!in_memory[i]) continue;
      storage_of_[i] = static_cast<std::int32_t>(bytes_.size());
      bytes_.push_back(graph.tensors[i].bytes());
    }
  }

  std::int32_t of(TensorId id) const { return id == kNoTensor ? kNone : storage_of_[static_cast<std::size_t>(id)]; }
  std::int64_t bytes(std::int32_t storage) const { return bytes_[static_cast<std::size_t>(storage)]; }
  std::size_t count() const { return bytes_.size(); }

  /// False, with nothing changed, when `inner` does not have its bytes for itself or they are too many.
  bool merge(TensorId inner, TensorId outer) {
    const std::int32_t from = of(inner), to = of(outer);
    if (from < 0 || to < 0 || from == to || bytes(from) != graph_->tensor(inner).bytes() || bytes(from) > bytes(to)) return false;
    std::replace(storage_of_.begin(), storage_of_.end(), from, to);
    return true;
  }

  /// All outputs of the node as views, or none.
  bool merge_views(const Node& node, const std::vector<Alias>& aliases) {
    for (const Alias& alias : aliases) {
      const TensorId in = node.inputs[static_cast<std::size_t>(alias.input)];
      const TensorId out = node.outputs[static_cast<std::size_t>(alias.output)];
      if (of(in) < 0 || graph_->tensor(in).is_state) return false;
      if (!(alias.input_is_smaller ? merge(in, out) : merge(out, in))) return false;
    }
    return true;
  }

 private:
  const Graph* graph_;
  std::vector<std::int32_t> storage_of_;  // by tensor
  std::vector<std::int64_t> bytes_;
};

class Builder {
 public:
  explicit Builder(const Graph& graph) : graph_(graph), shares_(graph), state_of_(graph.tensors.size(), kNone) {
    for (const Node& node : graph.nodes) aliases_.push_back(node.op->aliases(NodeView(graph, node)));
    find_states();
    for (const Node& node : graph.nodes) {
      const int state = node.op->output_state(NodeView(graph, node));
      if (state >= 0) shares_.merge(node.outputs[0], node.inputs[static_cast<std::size_t>(state)]);
    }
  }

  OrderModel build() {
    share_views();
    OrderModel model = model_of(shares_);
    bind(model);
    return model;
  }

 private:
  /// Views of a whole tensor cost nothing; others are tried, as long as trying takes no time.
  void share_views() {
    constexpr std::size_t kMostWork = 4'000'000;
    std::size_t attempts = kMostWork / std::max<std::size_t>(1, graph_.nodes.size() * 8);
    std::vector<std::size_t> order(graph_.nodes.size());
    std::iota(order.begin(), order.end(), 0);
    const auto peak = [&](const Shares& shares) { return peak_of_order(model_of(shares), order); };
    std::int64_t least = -1;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (aliases_[i].empty()) continue;
      Shares attempt = shares_;
      if (!attempt.merge_views(node, aliases_[i])) continue;
      if (!is_whole(node, aliases_[i])) {
        if (attempts == 0) continue;
        --attempts;
        if (least < 0) least = peak(shares_);
        const std::int64_t bytes = peak(attempt);
        if (bytes > least) continue;
        least = bytes;
      } else {
        least = -1;
      }
      shares_ = std::move(attempt);
    }
  }

  bool is_whole(const Node& node, const std::vector<Alias>& aliases) const {
    return aliases.size() == 1 && graph_.tensor(node.inputs[static_cast<std::size_t>(aliases[0].input)]).bytes() ==
                                      graph_.tensor(node.outputs[static_cast<std::size_t>(aliases[0].output)]).bytes();
  }

  OrderModel model_of(const Shares& shares) const {
    OrderModel model;
    model.storages.resize(shares.count());
    std::vector<bool> always(shares.count(), false);
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state) always[static_cast<std::size_t>(shares.of(static_cast<TensorId>(i)))] = true;
    }
    for (std::size_t s = 0; s < shares.count(); ++s) {
      model.storages[s].bytes = shares.bytes(static_cast<std::int32_t>(s));
      if (always[s]) model.state_bytes += model.storages[s].bytes;
    }
    for (const Node& node : graph_.nodes) {
      OrderedNode& ordered = model.nodes.emplace_back();
      for (const auto* list : {&node.inputs, &node.outputs}) {
        for (const TensorId id : *list) {
          const std::int32_t storage = shares.of(id);
          if (storage >= 0 && !always[static_cast<std::size_t>(storage)]) add_once(ordered.touched, storage);
        }
      }
      for (const std::int32_t storage : ordered.touched) ++model.storages[static_cast<std::size_t>(storage)].users;
      allow_in_place(model, shares, node, always);
    }
    for (const TensorId id : graph_.inputs) storage(model, shares, id).from_start = true;
    for (const TensorId id : graph_.outputs) ++storage(model, shares, id).users;
    return model;
  }

  static SharedBytes& storage(OrderModel& model, const Shares& shares, TensorId id) {
    return model.storages[static_cast<std::size_t>(shares.of(id))];
  }

  void allow_in_place(OrderModel& model, const Shares& shares, const Node& node, const std::vector<bool>& always) const {
    if (node.outputs.empty()) return;
    const std::int32_t result = shares.of(node.outputs[0]);
    const std::int64_t bytes = graph_.tensor(node.outputs[0]).bytes();
    OrderedNode& ordered = model.nodes.back();
    for (const int input : replaceable_inputs(graph_, node)) {
      const std::int32_t storage = shares.of(node.inputs[static_cast<std::size_t>(input)]);
      if (storage == result || always[static_cast<std::size_t>(storage)] || shares.bytes(storage) != bytes) continue;
      add_once(ordered.replaceable, storage);
    }
    if (!ordered.replaceable.empty() && shares.bytes(result) == bytes) ordered.result = result;
  }

  /// By tensor: the state whose bytes it is or may become a view of.
  void find_states() {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].is_state) state_of_[i] = static_cast<std::int32_t>(i);
    }
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Node& node = graph_.nodes[n];
      if (const int state = node.op->output_state(NodeView(graph_, node)); state >= 0)
        state_of(node.outputs[0]) = state_of(node.inputs[static_cast<std::size_t>(state)]);
      for (const Alias& alias : aliases_[n]) {
        const std::int32_t state = state_of(node.inputs[static_cast<std::size_t>(alias.input)]);
        if (state >= 0) state_of(node.outputs[static_cast<std::size_t>(alias.output)]) = state;
      }
    }
  }

  std::int32_t& state_of(TensorId id) { return state_of_[static_cast<std::size_t>(id)]; }

  void bind(OrderModel& model) {
    const auto made = producers(graph_);
    std::vector<std::int32_t> changer(graph_.tensors.size(), kNone);        // by state: the last node that had it as an input
    std::vector<std::vector<std::int32_t>> readers(graph_.tensors.size());  // by state: of its views since then
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const auto at = static_cast<std::int32_t>(n);
      std::vector<std::int32_t> earlier;
      for (const TensorId id : graph_.nodes[n].inputs) {
        if (id == kNoTensor) continue;
        if (made[static_cast<std::size_t>(id)] >= 0) add_once(earlier, made[static_cast<std::size_t>(id)]);
        const std::int32_t state = state_of(id);
        if (state < 0) continue;
        std::int32_t& last = changer[static_cast<std::size_t>(state)];
        auto& since = readers[static_cast<std::size_t>(state)];
        if (last >= 0 && last != at) add_once(earlier, last);
        if (graph_.tensor(id).is_state) {
          for (const std::int32_t reader : since) {
            if (reader != at) add_once(earlier, reader);
          }
          since.clear();
          last = at;
        } else {
          add_once(since, at);
        }
      }
      for (const std::int32_t before : earlier) model.nodes[static_cast<std::size_t>(before)].later.push_back(at);
      model.nodes[n].earlier = static_cast<std::int32_t>(earlier.size());
    }
  }

  const Graph& graph_;
  Shares shares_;
  std::vector<std::int32_t> state_of_;
  std::vector<std::vector<Alias>> aliases_;  // by node
};

}  // namespace

OrderModel order_model(const Graph& graph) { return Builder(graph).build(); }

std::vector<int> replaceable_inputs(const Graph& graph, const Node& node) {
  std::vector<int> list;
  if (node.outputs.empty() || node.op->channel_flow(NodeView(graph, node)) != ChannelFlow::kTied) return list;
  const Tensor& out = graph.tensor(node.outputs[0]);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const Tensor& in = graph.tensor(node.inputs[i]);
    if (!in.is_constant() && !in.is_state && in.type == out.type && in.shape == out.shape) list.push_back(static_cast<int>(i));
  }
  return list;
}

RunNodes::RunNodes(const OrderModel& model) : model_(model), ran_(model.nodes.size(), false), live_(model.state_bytes) {
  for (const SharedBytes& each : model.storages) {
    left_.push_back(each.users);
    if (each.from_start && each.users > 0) live_ += each.bytes;
  }
  for (const OrderedNode& node : model.nodes) waiting_.push_back(node.earlier);
}

std::int64_t RunNodes::bytes_during(std::size_t node) const {
  const OrderedNode& each = model_.nodes[node];
  std::int64_t bytes = live_;
  for (const std::int32_t storage : each.touched) {
    if (!is_born(storage)) bytes += model_.storages[static_cast<std::size_t>(storage)].bytes;
  }
  if (each.result < 0 || is_born(each.result)) return bytes;
  const bool replaces = std::any_of(each.replaceable.begin(), each.replaceable.end(),
                                    [&](std::int32_t storage) { return left_[static_cast<std::size_t>(storage)] == 1; });
  return replaces ? bytes - model_.storages[static_cast<std::size_t>(each.result)].bytes : bytes;
}

void RunNodes::run(std::size_t node) {
  change_users(node, -1);
  ran_[node] = true;
  for (const std::int32_t other : model_.nodes[node].later) --waiting_[static_cast<std::size_t>(other)];
}

void RunNodes::undo(std::size_t node) {
  change_users(node, +1);
  ran_[node] = false;
  for (const std::int32_t other : model_.nodes[node].later) ++waiting_[static_cast<std::size_t>(other)];
}

void RunNodes::change_users(std::size_t node, std::int32_t by) {
  for (const std::int32_t storage : model_.nodes[node].touched) {
    const auto at = static_cast<std::size_t>(storage);
    const auto live = [&] { return is_born(storage) && left_[at] > 0 ? model_.storages[at].bytes : 0; };
    live_ -= live();
    left_[at] += by;
    live_ += live();
  }
}

std::int64_t peak_of_order(const OrderModel& model, const std::vector<std::size_t>& order) {
  RunNodes run(model);
  std::int64_t peak = run.live_bytes();
  for (const std::size_t node : order) {
    peak = std::max(peak, run.bytes_during(node));
    run.run(node);
  }
  return std::max(peak, run.live_bytes());
}

}  // namespace mote
