#include "train/student.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "compress/layers.hpp"
#include "compress/shared_scales.hpp"
#include "compress/tensor_values.hpp"
#include "ops/quantized_math.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

std::size_t index(TensorId id) { return static_cast<std::size_t>(id); }

/// Numbers of the axes that an operator gets as constants: they must leave the batch alone.
void require_batch_stays(const NodeView& node) {
  const std::string_view op = node.node().op->name();
  const auto rank = static_cast<std::int32_t>(node.input(0).shape.size());
  const auto at_batch = [&](std::int32_t axis) { return axis == 0 || axis == -rank; };
  bool mixes = false;
  if (op == "mean" || op == "sum" || op == "reduce_max") {
    const std::vector<std::int32_t> axes = node.integers(1, "axes");
    mixes = std::any_of(axes.begin(), axes.end(), at_batch);
  } else if (op == "transpose") {
    mixes = !at_batch(node.integers(1, "order")[0]);
  } else if (op == "pad" || op == "padv2") {
    const std::vector<std::int32_t> borders = node.integers(1, "borders");
    mixes = borders[0] != 0 || borders[1] != 0;
  } else if (op == "concatenation") {
    mixes = at_batch(std::get<std::int32_t>(attributes_of(*node.node().op).at("axis")));
  }
  if (mixes) throw Error(fmt::format("{} '{}' works along the axis of samples, which cannot be trained", op, node.node().name));
}

void require_leading_one(const Tensor& tensor) {
  if (!tensor.shape.empty() && tensor.shape[0] == 1) return;
  throw Error(fmt::format("tensor '{}' has shape {}: training needs a leading axis of 1, for the samples", tensor.name,
                          to_string(tensor.shape)));
}

Program::Value value_of(const Tensor& tensor) {
  Program::Value value{tensor.name, tensor.shape, tensor.is_constant()};
  if (!tensor.is_constant()) return value;
  if (is_float(tensor.type)) {
    const auto numbers = tensor.values<float>();
    value.numbers.assign(numbers.begin(), numbers.end());
  } else if (tensor.type == DataType::kInt32) {
    const auto integers = tensor.values<std::int32_t>();
    value.integers.assign(integers.begin(), integers.end());
  } else if (tensor.type == DataType::kInt64) {
    for (const std::int64_t each : tensor.values<std::int64_t>()) value.integers.push_back(static_cast<std::int32_t>(each));
  }
  return value;
}

/// The softmax that makes an output out of scores, or nothing.
const Node* softmax_before(const Graph& graph, TensorId output) {
  for (const Node& node : graph.nodes) {
    if (node.outputs[0] == output && node.op->name() == "softmax") return &node;
  }
  return nullptr;
}

Program program_of(const Graph& graph) {
  Program program;
  for (const Tensor& tensor : graph.tensors) program.values.push_back(value_of(tensor));
  for (const Node& node : graph.nodes) {
    const NodeView view(graph, node);
    for (const TensorId id : node.outputs) require_leading_one(graph.tensor(id));
    if (node.outputs.size() != 1)
      throw Error(fmt::format("{} '{}' has {} outputs, which cannot be trained", node.op->name(), node.name, node.outputs.size()));
    require_batch_stays(view);
    for (const TensorId id : node.inputs) {
      if (id != kNoTensor && graph.tensor(id).is_state)
        throw Error(fmt::format("{} '{}' keeps a state, which cannot be trained", node.op->name(), node.name));
    }
    program.steps.push_back({std::string(node.op->name()), node.name, {node.inputs.begin(), node.inputs.end()}, node.outputs[0],
                             attributes_of(*node.op)});
  }
  for (const TensorId id : graph.inputs) {
    require_leading_one(graph.tensor(id));
    if (!is_float(graph.tensor(id).type))
      throw Error(fmt::format("input '{}' is {}, training needs floats", graph.tensor(id).name, type_name(graph.tensor(id).type)));
    program.inputs.push_back(id);
  }
  for (const TensorId id : graph.outputs) {
    if (!is_float(graph.tensor(id).type))
      throw Error(fmt::format("output '{}' is {}, training needs floats", graph.tensor(id).name, type_name(graph.tensor(id).type)));
    const Node* softmax = softmax_before(graph, id);
    program.outputs.push_back(softmax != nullptr ? softmax->inputs[0] : id);
  }
  return program;
}

/// The value within the code's share of the line that is nearest to `steps`: what the book turns into that code.
double within_cell(const CodeBook& book, std::int8_t code, double steps) {
  constexpr double kInside = 0.499;
  const auto at = std::lower_bound(book.codes.begin(), book.codes.end(), code);
  const double below = at == book.codes.begin() ? 1 : code - at[-1];
  const double above = at + 1 == book.codes.end() ? 1 : at[1] - code;
  return std::clamp(steps, code - kInside * below, code + kInside * above);
}

}  // namespace

Program teacher_program(const Graph& graph) { return program_of(graph); }

std::vector<bool> outputs_are_scores(const Graph& graph) {
  std::vector<bool> result;
  for (const TensorId id : graph.outputs) result.push_back(softmax_before(graph, id) != nullptr);
  return result;
}

std::vector<float> mask_of(const CodeBook& book, const std::vector<std::int8_t>& codes, const std::vector<float>& weights) {
  if (!book.form.is_sparse()) return {};
  std::vector<float> mask(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) mask[i] = codes[i] != 0 ? 1.0F : 0.0F;
  /// Lets the largest of the other weights in, until `most` of these differ from zero.
  const auto fill = [&](std::size_t begin, std::size_t end, std::size_t most) {
    std::vector<std::size_t> others;
    std::size_t used = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (mask[i] == 0.0F) others.push_back(i);
      else ++used;
    }
    std::stable_sort(others.begin(), others.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(weights[a]) > std::abs(weights[b]); });
    for (std::size_t i = 0; i < others.size() && used < most; ++i, ++used) mask[others[i]] = 1.0F;
  };
  const auto of = static_cast<std::size_t>(book.form.of);
  if (book.form.zeros > 0) {
    const auto zeros = static_cast<std::size_t>(std::ceil(book.form.zeros * static_cast<double>(mask.size())));
    if (of == 0) fill(0, mask.size(), mask.size() - std::min(zeros, mask.size()));
  } else {
    for (std::size_t begin = 0; begin < mask.size(); begin += of)
      fill(begin, std::min(begin + of, mask.size()), static_cast<std::size_t>(book.form.keep));
  }
  return mask;
}

std::vector<float> thinned_mask(const WeightForm& form, const std::vector<float>& weights, double done) {
  std::vector<float> mask(weights.size(), 1.0F);
  const auto cut = [&](std::size_t begin, std::size_t end, std::size_t zeros) {
    std::vector<std::size_t> order(end - begin);
    std::iota(order.begin(), order.end(), begin);
    const auto last = order.begin() + static_cast<std::ptrdiff_t>(std::min(zeros, order.size()));
    std::nth_element(order.begin(), last, order.end(), [&](std::size_t a, std::size_t b) {
      return std::pair{std::abs(weights[a]), b} < std::pair{std::abs(weights[b]), a};
    });
    std::for_each(order.begin(), last, [&](std::size_t i) { mask[i] = 0.0F; });
  };
  if (form.zeros > 0) {
    cut(0, mask.size(), static_cast<std::size_t>(std::ceil(done * std::ceil(form.zeros * static_cast<double>(mask.size())))));
    return mask;
  }
  const auto of = static_cast<std::size_t>(form.of);
  const auto zeros = static_cast<std::size_t>(std::lround(done * (form.of - form.keep)));
  for (std::size_t begin = 0; begin < mask.size(); begin += of) cut(begin, std::min(begin + of, mask.size()), zeros);
  return mask;
}

void Student::open(Slots& slots) const {
  for (const Thinned& layer : thinned_) {
    std::vector<float>& mask = slots[static_cast<std::size_t>(layer.mask)];
    std::fill(mask.begin(), mask.end(), 1.0F);
    slots[static_cast<std::size_t>(layer.weights)] = layer.dense;
  }
}

void Student::thin(Slots& slots, double done) const {
  for (const Thinned& layer : thinned_)
    slots[static_cast<std::size_t>(layer.mask)] = thinned_mask(layer.form, slots[static_cast<std::size_t>(layer.weights)], done);
}

int Student::add_slot(std::vector<float> numbers) {
  program_.slots.push_back(std::move(numbers));
  return static_cast<int>(program_.slots.size()) - 1;
}

Student::Student(const Graph& graph, const Scheme& scheme) : graph_(graph), scheme_(scheme) {
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    const auto layer = layer_at(graph_, n);
    if (!layer) continue;
    const auto bias = scheme_.biases.find(n);
    set_weights(graph_, *layer, weights_of(graph_, *layer));  // constants of its own
    set_bias(graph_, *layer, bias != scheme_.biases.end() ? bias->second : bias_of(graph_, *layer));
  }
  scheme_.ranges.resize(graph_.tensors.size());
  program_ = program_of(graph_);
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    if (layer_at(graph_, n)) add_layer(n);
  }
  add_grids();
}

void Student::add_layer(std::size_t n) {
  const Layer layer = layer_at(graph_, n).value();
  const Node& node = graph_.nodes[n];
  const auto weights_id = index(node.inputs[static_cast<std::size_t>(layer.rule.input)]);
  const auto bias_id = index(node.inputs[static_cast<std::size_t>(layer.rule.bias)]);
  std::vector<float> weights = weights_of(graph_, layer);
  Program::Parameter parameter;
  std::optional<Thinned> thinned;
  if (scheme_.nodes[n] != Precision::kFloat) {
    Program::Codes codes{codes_of_bits(8), layer.rule.output_axis};
    codes.per_channel = layer.rule.per_channel;
    if (const auto found = scheme_.books.find(n); found != scheme_.books.end()) {
      const CodeBook& book = found->second;
      codes.codes = book.codes;
      codes.scales = book.scales;
      codes.slot = add_slot(std::vector<float>(book.scales.size(), 0.0F));
      const auto fitted = scheme_.weights.find(n);
      MOTE_CHECK(fitted != scheme_.weights.end() || !book.form.is_sparse());
      if (fitted != scheme_.weights.end()) {
        if (book.form.is_sparse()) {
          parameter.mask_slot = add_slot(mask_of(book, fitted->second, weights));
          const bool chosen = book.form.of == 0 || book.form.zeros == 0;
          if (chosen) thinned = Thinned{book.form, 0, parameter.mask_slot, weights};
        }
        for (std::size_t c = 0; c < layer.outputs; ++c) {
          const auto scale = static_cast<double>(book.scale(c));
          for (std::size_t t = 0; t < layer.taps; ++t) {
            const std::size_t at = weight_index(layer, c, t);
            weights[at] = static_cast<float>(
                scale * within_cell(book, fitted->second[at], static_cast<double>(weights[at]) / scale));
          }
        }
      }
    }
    parameter.codes = std::move(codes);
  }
  parameter.slot = add_slot(std::move(weights));
  if (thinned) {
    thinned->weights = parameter.slot;
    thinned_.push_back(std::move(*thinned));
  }
  const auto add = [&](std::size_t id, Program::Parameter&& of) {
    program_.values[id].parameter = static_cast<int>(program_.parameters.size());
    program_.parameters.push_back(std::move(of));
    return program_.values[id].parameter;
  };
  LayerSlots slots{n};
  slots.weights = add(weights_id, std::move(parameter));
  slots.bias = add(bias_id, {add_slot(bias_of(graph_, layer))});
  layers_.push_back(slots);
}

void Student::add_grids() {
  const SharedScales scales(graph_, scheme_);
  using Key = std::tuple<float, std::int32_t, DataType>;
  std::map<Key, int> known;
  const auto grid_of = [&](TensorId id, DataType type) {
    const Quantization q = scales.made(id, type);
    const auto [at, is_new] = known.try_emplace(Key{q.scale(), q.zero_point(), type}, static_cast<int>(program_.grids.size()));
    if (is_new) {
      const auto [lowest, highest] = type_range(type);
      program_.grids.push_back({q.scale(), q.zero_point(), lowest, highest});
    }
    return at->second;
  };
  std::set<TensorId> read_first;
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    if (!has_integer_activations(scheme_.nodes[n])) {
      read_first.insert(graph_.nodes[n].inputs.begin(), graph_.nodes[n].inputs.end());
      continue;
    }
    const Node& node = graph_.nodes[n];
    const DataType type = activation_type(scheme_.nodes[n]);
    const QuantizationRule rule = node.op->quantization(NodeView(graph_, node), type);
    for (const int input : rule.activations) {
      const TensorId id = node.inputs[static_cast<std::size_t>(input)];
      const bool from_outside = std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end();
      const bool first = read_first.insert(id).second;
      Program::Value& value = program_.values[index(id)];
      if (first && (from_outside || value.is_constant)) value.grid = grid_of(id, type);
    }
    const TensorId out = node.outputs[0];
    program_.values[index(out)].grid = grid_of(out, type);
    if (rule.scales == QuantizationRule::Scales::kFixed)
      program_.grids[static_cast<std::size_t>(program_.values[index(out)].grid)].learned = false;
  }
  if (!program_.grids.empty()) program_.grid_slot = add_slot(std::vector<float>(program_.grids.size(), 0.0F));
}

Student::Trained Student::trained(const Slots& slots) const {
  Trained result{graph_, scheme_};
  const auto slot = [&](int i) -> const std::vector<float>& { return slots[static_cast<std::size_t>(i)]; };
  const auto parameter = [&](int i) -> const Program::Parameter& { return program_.parameters[static_cast<std::size_t>(i)]; };
  for (std::size_t id = 0; id < program_.values.size(); ++id) {
    const Program::Value& value = program_.values[id];
    if (value.grid < 0 || value.is_constant) continue;
    const auto at = static_cast<std::size_t>(value.grid);
    const Program::Grid& grid = program_.grids[at];
    if (!grid.learned) continue;
    const float scale = grid.scale * std::exp(slot(program_.grid_slot)[at]);
    const DataType type = grid.highest > 127 ? DataType::kInt16 : DataType::kInt8;
    result.scheme.ranges[id] = range_of({{scale}, {grid.zero_point}, 0}, type);
  }
  for (const LayerSlots& layer_slots : layers_) {
    const std::size_t n = layer_slots.node;
    const Layer layer = layer_at(graph_, n).value();
    const Program::Parameter& of_weights = parameter(layer_slots.weights);
    std::vector<float> weights = slot(of_weights.slot);
    if (const auto book = result.scheme.books.find(n); book != result.scheme.books.end()) {
      CodeBook& its_book = book->second;
      const std::vector<float>& steps = slot(of_weights.codes->slot);
      for (std::size_t c = 0; c < its_book.scales.size(); ++c) its_book.scales[c] *= std::exp(steps[c]);
      std::vector<std::int8_t> codes(weights.size());
      for (std::size_t c = 0; c < layer.outputs; ++c) {
        const auto scale = static_cast<double>(its_book.scale(c));
        for (std::size_t t = 0; t < layer.taps; ++t) {
          const std::size_t at = weight_index(layer, c, t);
          const bool zero = of_weights.mask_slot >= 0 && slot(of_weights.mask_slot)[at] == 0.0F;
          codes[at] = zero ? std::int8_t{0} : its_book.nearest(static_cast<double>(weights[at]) / scale);
          weights[at] = static_cast<float>(scale * codes[at]);
        }
      }
      result.scheme.weights[n] = std::move(codes);
    } else {
      result.scheme.weights.erase(n);  // to nearest
    }
    set_weights(result.graph, layer, weights);
    set_bias(result.graph, layer, slot(parameter(layer_slots.bias).slot));
    result.scheme.biases[n] = slot(parameter(layer_slots.bias).slot);
  }
  result.scheme.ranges.resize(result.graph.tensors.size());
  return result;
}

}  // namespace mote
