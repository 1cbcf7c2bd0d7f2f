#include "common/overlapped_layers.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "emulate/run_model.hpp"
#include "ops/evaluate.hpp"

namespace mote::test {

namespace {

constexpr std::int64_t kAlignment = 4;

/// To the next multiple, also of what is less than 0.
std::int64_t aligned(std::int64_t bytes, std::int64_t alignment = kAlignment) {
  return bytes >= 0 ? (bytes + alignment - 1) / alignment * alignment : -(-bytes / alignment * alignment);
}

/// Layers side by side in one graph, each with memory of its own.
class Program {
 public:
  explicit Program(const Target& target) : plan_{.graph = {}, .target = target, .steps = {}, .memory = {}, .alternatives = {}} {
    plan_.graph.name = "layers";
  }

  /// Returns the index of the output. `inputs`: of the values that are computed, in the order of the layer's inputs.
  std::size_t add(const OverlappedLayer& layer, bool apart, const std::vector<Bytes>& inputs) {
    const Graph& from = *layer.graph;
    const Node& node = from.nodes[0];
    const std::size_t index = plan_.graph.nodes.size();
    const auto copy = [&](TensorId id) {
      Tensor tensor = from.tensor(id);
      tensor.name = fmt::format("n{}_{}", index, tensor.name);
      plan_.memory.tensor_offsets.push_back(MemoryPlan::kNowhere);
      return plan_.graph.add_tensor(std::move(tensor));
    };
    Node added{fmt::format("layer_{}", index), node.op, {}, {}};
    std::size_t given = 0;
    for (const TensorId id : node.inputs) {
      added.inputs.push_back(id == kNoTensor ? kNoTensor : copy(id));
      if (id == kNoTensor || from.tensor(id).is_constant()) continue;
      plan_.graph.inputs.push_back(added.inputs.back());
      inputs_.push_back(inputs[given++]);
    }
    added.outputs.push_back(copy(node.outputs[0]));
    plan_.graph.outputs.push_back(added.outputs[0]);
    place(added, apart ? -1 : layer.overlap.input, layer.overlap.bytes);
    scratch_bytes_ = std::max(scratch_bytes_, layer.call.scratch_bytes);
    plan_.graph.nodes.push_back(std::move(added));
    plan_.steps.push_back({index, std::string(layer.row.name), 0, layer.call});
    return plan_.graph.outputs.size() - 1;
  }

  std::vector<Bytes> run() {
    const std::size_t nodes = plan_.graph.nodes.size();
    plan_.memory.scratch_offsets.assign(nodes, arena_bytes_);
    plan_.memory.arena_bytes = arena_bytes_ + aligned(scratch_bytes_, kApart);
    plan_.memory.is_view.assign(nodes, false);
    plan_.memory.live_bytes.assign(nodes, plan_.memory.arena_bytes);
    plan_.alternatives.resize(nodes);
    verify(plan_.graph);
    return run_model(plan_, {{.inputs = inputs_}}, false).outputs[0];
  }

 private:
  static constexpr std::int64_t kApart = 64;  ///< between layers, so that none harms another one

  /// The output of `node` lies `distance` bytes before its input number `inside`, all others apart.
  void place(const Node& node, int inside, std::int64_t distance) {
    const auto bytes = [&](TensorId id) { return plan_.graph.tensor(id).bytes(); };
    const auto put = [&](TensorId id, std::int64_t offset) {
      plan_.memory.tensor_offsets[static_cast<std::size_t>(id)] = offset;
      arena_bytes_ = std::max(arena_bytes_, aligned(offset + bytes(id) + kApart, kApart));
    };
    const TensorId output = node.outputs[0];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == kNoTensor || plan_.graph.tensor(id).is_constant() || static_cast<int>(i) == inside) continue;
      put(id, arena_bytes_);
    }
    if (inside < 0) return put(output, arena_bytes_);
    const std::int64_t before = aligned(distance);
    const std::int64_t begin = arena_bytes_;
    put(output, begin + std::max<std::int64_t>(0, -before));
    put(node.inputs[static_cast<std::size_t>(inside)], begin + std::max<std::int64_t>(0, before));
  }

  Plan plan_;
  std::vector<Bytes> inputs_;
  std::int64_t arena_bytes_ = 0, scratch_bytes_ = 0;
};

/// Values that a layer's input may have; reals within what layers are quantized for.
Bytes random_values(const Tensor& tensor, Random& random) {
  if (!is_float(tensor.type)) {
    Bytes bytes = random.bytes(static_cast<std::size_t>(tensor.bytes()));
    if (tensor.type == DataType::kBool) std::ranges::for_each(bytes, [](std::uint8_t& value) { value &= 1; });
    return bytes;
  }
  std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
  for (float& value : values) value = 4.0F * random.fraction() - 2.0F;
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

std::string OverlappedLayer::text() const {
  const NodeView view(*graph, graph->nodes[0]);
  std::string text = fmt::format("{} {}", row.name, type_name(view.output().type));
  for (int i = 0; i < view.input_count(); ++i) {
    if (view.has_input(i)) text += " " + to_string(view.input(i).shape);
  }
  for (const auto& [type, name, value] : call.spec) {
    if (name.starts_with("stride") || name.starts_with("pad_") || name.starts_with("dilation"))
      text += fmt::format(" {}={}", name, value);
  }
  return fmt::format("{} -> {}, output {} bytes before input {}", text, to_string(view.output().shape), overlap.bytes,
                     overlap.input);
}

std::vector<OverlappedLayer> overlaps_of(const std::shared_ptr<const Graph>& graph, const Implementation& row) {
  const NodeView view(*graph, graph->nodes[0]);
  if (row.applies != nullptr && !row.applies(view)) return {};
  const KernelCall call = row.lower(view);
  std::vector<OverlappedLayer> layers;
  for (const Overlap& overlap : call.overlaps) layers.push_back({graph, row, overlap, call});
  return layers;
}

std::vector<bool> run_overlapped(const std::vector<OverlappedLayer>& layers, const Target& target, Random& random) {
  Program program(target);
  std::vector<std::pair<std::size_t, std::optional<std::size_t>>> outputs;  // overlapped and, for reals, apart
  std::vector<Bytes> expected;
  for (const OverlappedLayer& layer : layers) {
    std::vector<Bytes> inputs;
    for (const TensorId id : layer.graph->nodes[0].inputs) {
      if (id != kNoTensor && !layer.graph->tensor(id).is_constant())
        inputs.push_back(random_values(layer.graph->tensor(id), random));
    }
    const std::size_t overlapped = program.add(layer, false, inputs);
    const bool is_real = is_float(layer.graph->tensor(layer.graph->outputs[0]).type);
    outputs.emplace_back(overlapped, is_real ? std::optional(program.add(layer, true, inputs)) : std::nullopt);
    expected.push_back(is_real ? Bytes{} : Evaluator(*layer.graph).run(inputs)[0]);
  }
  const std::vector<Bytes> results = program.run();
  std::vector<bool> equal;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& [overlapped, apart] = outputs[i];
    equal.push_back(results[overlapped] == (apart ? results[*apart] : expected[i]));
  }
  return equal;
}

}  // namespace mote::test
