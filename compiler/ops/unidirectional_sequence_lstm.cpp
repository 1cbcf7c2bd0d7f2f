// UNIDIRECTIONAL_SEQUENCE_LSTM: i, f, o = logistic, g = tanh of (input part + recurrent part); c = f * c + i * g; out = o *
// tanh(c). Source: TensorFlow Lite Micro UNIDIRECTIONAL_SEQUENCE_LSTM. In integers both parts of a gate are scaled to steps of
// 2^-12 and saturate before they are added; gates are int16 in steps of 2^-15; the cell is int16 with a power of two as its
// scale.

#include "ops/unidirectional_sequence_lstm.hpp"

#include <cmath>

#include "ops/fixed_point_curves.hpp"
#include "ops/lstm_rows.hpp"
#include "ops/sigmoid.hpp"

namespace mote {

namespace {

using Lstm = UnidirectionalSequenceLstm;

constexpr std::array<std::string_view, 4> kGateNames{"input", "forget", "cell", "output"};

void refuse_inputs(const NodeView& node, int first, int last, std::string_view what) {
  for (int i = first; i <= last; ++i) {
    if (node.has_input(i)) throw Error(fmt::format("has {} ('{}'), which is not supported", what, node.input(i).name));
  }
}

void require_symmetric(const Tensor& tensor) {
  require_quantized(tensor);
  if (tensor.zero_point() != 0) {
    throw Error(fmt::format("'{}' has zero point {}; only 0 is supported", tensor.name, tensor.zero_point()));
  }
}

void require_extents(const Tensor& tensor, const Shape& shape) {
  if (tensor.shape != shape) {
    throw Error(fmt::format("'{}' has the shape {}; {} is needed", tensor.name, to_string(tensor.shape), to_string(shape)));
  }
}

std::int16_t saturate(std::int32_t x) { return static_cast<std::int16_t>(std::clamp(x, -32768, 32767)); }

/// Calls `step(row)` for each step of a batch: the index of the step's row in inputs and outputs.
template <typename Step>
void walk(const Lstm::Extents& n, bool time_major, std::int64_t batch, Step&& step) {
  const std::int64_t stride = time_major ? n.batch : 1;
  const std::int64_t first = time_major ? batch : batch * n.time;
  for (std::int64_t t = 0; t < n.time; ++t) step(static_cast<std::size_t>(first + t * stride));
}

}  // namespace

void Lstm::read(const tflite::Operator& op) {
  const auto* given = options<tflite::UnidirectionalSequenceLSTMOptions>(op);
  if (given == nullptr) throw Error("has no options");
  if (given->asymmetric_quantize_inputs()) throw Error("is a hybrid operator, which is not supported");
  if (given->diagonal_recurrent_tensors()) throw Error("has diagonal recurrent weights, which are not supported");
  activation = read_activation(given->fused_activation_function());
  cell_clip = given->cell_clip();
  proj_clip = given->proj_clip();
  time_major = given->time_major();
}

void Lstm::write(OptionsWriter& to) const {
  to.set(tflite::CreateUnidirectionalSequenceLSTMOptions(to.builder(), write_activation(activation), cell_clip, proj_clip,
                                                         time_major));
  if (restarts) to.keep("restarts");
  if (is_float(to.node().input(0).type)) return;
  // TFLite takes the output's scale from the last of five tensors; the others belong to layer normalization.
  constexpr std::array<std::string_view, 4> kUnused{"input_to_input", "input_to_forget", "input_to_cell", "input_to_output"};
  for (const std::string_view name : kUnused) to.add_intermediate({std::string(name), DataType::kFloat32, {0}, {}, nullptr});
  const Tensor& out = to.node().output();
  to.add_intermediate({"hidden", out.type, {0}, out.quantization, nullptr});
}

Lstm::Extents Lstm::extents(const NodeView& node) const {
  const Shape& in = node.input(0).shape;
  const std::size_t time = time_major ? 0 : 1;
  return {in[time], in[1 - time], in[2], node.input(kRecurrentWeights).shape[0]};
}

void Lstm::check_variant(const NodeView& node) const {
  require_inputs(node, kNormalization, kInputs);
  refuse_inputs(node, kPeephole, kPeephole + 2, "peephole weights");
  refuse_inputs(node, kProjection, kProjection + 1, "a projection");
  refuse_inputs(node, kNormalization, kInputs - 1, "layer normalization");
  for (int gate = 0; gate < kGates; ++gate) {
    for (const int i : {kWeights + gate, kRecurrentWeights + gate}) {
      if (!node.has_input(i)) {
        throw Error(fmt::format("has no {} for its {} gate (coupled gates are not supported)",
                                i < kRecurrentWeights ? "weights" : "recurrent weights",
                                kGateNames[static_cast<std::size_t>(gate)]));
      }
    }
    if (!node.has_input(kBias + gate)) {
      throw Error(fmt::format("has no bias for its {} gate", kGateNames[static_cast<std::size_t>(gate)]));
    }
  }
  if (activation != Activation::kTanh) {
    throw Error(fmt::format("activation {} is not supported, tanh is", kActivationNames[static_cast<std::size_t>(activation)]));
  }
  if (!(cell_clip >= 0.0F) || std::isinf(cell_clip))
    throw Error(fmt::format("cell clip {} is not a number of at least 0", cell_clip));
  for (const int i : {kOutputState, kCellState}) {
    if (!node.has_input(i)) throw Error("has no tensor for its state");
  }
}

void Lstm::check_types(const NodeView& node) {
  const Tensor& in = node.input(0);
  require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
  require_same_type(in, node.output());
  const DataType bias = is_float(in.type) ? DataType::kFloat32 : in.type == DataType::kInt8 ? DataType::kInt32 : DataType::kInt64;
  for (int gate = 0; gate < kGates; ++gate) {
    for (const int i : {kWeights + gate, kRecurrentWeights + gate}) {
      const Tensor& weights = node.input(i);
      require_constant(weights, "weights");
      require_type(weights, {DataType::kFloat32, DataType::kInt8});
      if (is_float(in.type) != is_float(weights.type)) {
        throw Error(
            fmt::format("is a hybrid operator: activations are {}, weights {}", type_name(in.type), type_name(weights.type)),
            "quantize the activations too (full integer quantization), or keep the weights in float32");
      }
    }
    require_constant(node.input(kBias + gate), "biases");
    require_type(node.input(kBias + gate), {bias});
  }
  if (node.node().inputs[kOutputState] == node.node().inputs[kCellState]) throw Error("has one tensor as both of its states");
  require_same_type(in, node.input(kOutputState));
  require_type(node.input(kCellState), {is_float(in.type) ? DataType::kFloat32 : DataType::kInt16});
  for (const int i : {kOutputState, kCellState}) {
    const Tensor& state = node.input(i);
    if (!state.is_state) throw Error(fmt::format("tensor '{}' is not a variable, so it cannot hold the state", state.name));
  }
}

void Lstm::check_shapes(const NodeView& node, const Extents& n) {
  const auto width = static_cast<std::int32_t>(n.width);
  const auto units = static_cast<std::int32_t>(n.units);
  for (int gate = 0; gate < kGates; ++gate) {
    require_extents(node.input(kWeights + gate), {units, width});
    require_extents(node.input(kRecurrentWeights + gate), {units, units});
    require_extents(node.input(kBias + gate), {units});
  }
  for (const int i : {kOutputState, kCellState}) require_extents(node.input(i), {static_cast<std::int32_t>(n.batch), units});
}

void Lstm::check_quantization(const NodeView& node) const {
  require_quantized(node.input(0));
  require_quantized(node.output());
  for (int i = kWeights; i < kWeights + 2 * kGates; ++i) require_symmetric(node.input(i));
  require_symmetric(node.input(kCellState));
  require_same_quantization(node.output(), node.input(kOutputState));
  // Products of 64-bit sums shift right by 15 less the multiplier's shift.
  constexpr int kLargestShift = 8;
  for (int gate = 0; gate < kGates; ++gate) {
    const GateScaling by = gate_scaling(node, gate);
    if (node.input(0).type == DataType::kInt16 && std::max(by.input.shift, by.recurrent.shift) >= kLargestShift) {
      throw Error(fmt::format("the scales of its {} gate are too large", kGateNames[static_cast<std::size_t>(gate)]));
    }
  }
  cell_scaling(node);
}

Lstm::GateScaling Lstm::gate_scaling(const NodeView& node, int gate) {
  constexpr double kStep = 1.0 / 4096.0;
  const auto scale = [&](const Tensor& values, int weights) {
    return quantize_multiplier(static_cast<double>(values.scale()) * static_cast<double>(node.input(weights).scale()) / kStep);
  };
  return {scale(node.input(0), kWeights + gate), scale(node.output(), kRecurrentWeights + gate)};
}

Lstm::CellScaling Lstm::cell_scaling(const NodeView& node) const {
  CellScaling result;
  const Tensor& cell = node.input(kCellState);
  const std::optional<int> power = power_of_two(cell.scale());
  if (!power) throw Error(fmt::format("cell state '{}' has scale {}, which is not a power of two", cell.name, cell.scale()));
  result.power = *power;
  constexpr int kLowest = -20;
  constexpr int kHighest = 2;
  if (result.power < kLowest || result.power > kHighest) {
    throw Error(fmt::format("the cell state's scale 2^{} is outside of 2^{} to 2^{}", result.power, kLowest, kHighest));
  }
  result.forget = quantize_multiplier(std::ldexp(1.0, -15));
  result.update = quantize_multiplier(std::ldexp(1.0, -30 - result.power));
  result.output = quantize_multiplier(std::ldexp(1.0, -30) / static_cast<double>(node.output().scale()));
  const double clip = std::ldexp(static_cast<double>(cell_clip), -result.power);
  result.clip = static_cast<std::int32_t>(std::min(clip, 32767.0));
  const int left = 12 + result.power;
  result.tanh_multiplier = left >= 0 ? 3 << left : 3;
  result.tanh_shift = std::max(-left, 0);
  return result;
}

std::vector<TensorType> Lstm::infer(const NodeView& node) const {
  check_variant(node);
  check_types(node);
  require_rank(node.input(0), 3, 3);
  require_elements(node.input(0));
  require_rank(node.input(kRecurrentWeights), 2, 2);
  require_elements(node.input(kRecurrentWeights));
  const Extents n = extents(node);
  check_shapes(node, n);
  if (!is_float(node.input(0).type)) check_quantization(node);
  Shape shape = node.input(0).shape;
  shape[2] = static_cast<std::int32_t>(n.units);
  return {{node.input(0).type, shape}};
}

std::int64_t Lstm::macs(const NodeView& node) const {
  const Extents n = extents(node);
  return n.time * n.batch * kGates * n.units * (n.width + n.units);
}

void Lstm::evaluate(const Evaluation& e) const {
  switch (e.input(0).type) {
    case DataType::kFloat32:
      return evaluate_float(e);
    case DataType::kInt8:
      return evaluate_integer<std::int8_t, std::int32_t>(e);
    default:
      return evaluate_integer<std::int16_t, std::int64_t>(e);
  }
}

/// What a batch's row of a state tensor holds before the first step.
template <typename T>
std::vector<T> Lstm::start(const Evaluation& e, int state, std::int64_t batch) const {
  const auto units = static_cast<std::size_t>(extents(e).units);
  if (restarts) return std::vector<T>(units, static_cast<T>(e.input(state).zero_point()));
  const auto row = e.state<T>(state).subspan(static_cast<std::size_t>(batch) * units, units);
  return {row.begin(), row.end()};
}

void Lstm::evaluate_float(const Evaluation& e) const {
  const Extents n = extents(e);
  const auto width = static_cast<std::size_t>(n.width);
  const auto units = static_cast<std::size_t>(n.units);
  const auto in = e.in<float>(0);
  const auto out = e.out<float>();
  for (std::int64_t batch = 0; batch < n.batch; ++batch) {
    const auto first = static_cast<std::size_t>(batch) * units;
    std::vector<float> hidden = start<float>(e, kOutputState, batch);
    std::vector<float> cell = start<float>(e, kCellState, batch);
    walk(n, time_major, batch, [&](std::size_t row) {
      std::vector<float> next(units);
      for (std::size_t u = 0; u < units; ++u) {
        std::array<float, kGates> gates{};
        for (int gate = 0; gate < kGates; ++gate) {
          const auto weights = e.in<float>(kWeights + gate);
          const auto recurrent_weights = e.in<float>(kRecurrentWeights + gate);
          float sum = 0.0F;
          for (std::size_t i = 0; i < width; ++i) sum += in[row * width + i] * weights[u * width + i];
          sum += e.in<float>(kBias + gate)[u];
          float recurrent = 0.0F;
          for (std::size_t i = 0; i < units; ++i) recurrent += hidden[i] * recurrent_weights[u * units + i];
          sum += recurrent;
          gates[static_cast<std::size_t>(gate)] = gate == kCellGate ? std::tanh(sum) : logistic_of_float(sum);
        }
        cell[u] = gates[1] * cell[u] + gates[0] * gates[2];
        if (cell_clip > 0.0F) cell[u] = std::clamp(cell[u], -cell_clip, cell_clip);
        next[u] = gates[3] * std::tanh(cell[u]);
      }
      std::copy(next.begin(), next.end(), out.begin() + static_cast<std::ptrdiff_t>(row * units));
      hidden = std::move(next);
    });
    std::copy(hidden.begin(), hidden.end(), e.state<float>(kOutputState).begin() + static_cast<std::ptrdiff_t>(first));
    std::copy(cell.begin(), cell.end(), e.state<float>(kCellState).begin() + static_cast<std::ptrdiff_t>(first));
  }
}

template <typename Value, typename Sum>
void Lstm::evaluate_integer(const Evaluation& e) const {
  const Extents n = extents(e);
  const auto width = static_cast<std::size_t>(n.width);
  const auto units = static_cast<std::size_t>(n.units);
  const auto in = e.in<Value>(0);
  const auto out = e.out<Value>();
  const Sum in_zero = e.input(0).zero_point();
  const Sum out_zero = e.output().zero_point();
  const std::pair<std::int32_t, std::int32_t> range = type_range(type_of<Value>());  // a lambda of Clang 14 takes no structured binding
  const CellScaling by = cell_scaling(e);
  std::array<GateScaling, kGates> scaling;
  for (int gate = 0; gate < kGates; ++gate) scaling[static_cast<std::size_t>(gate)] = gate_scaling(e, gate);
  for (std::int64_t batch = 0; batch < n.batch; ++batch) {
    const auto first = static_cast<std::size_t>(batch) * units;
    std::vector<Value> hidden = start<Value>(e, kOutputState, batch);
    std::vector<std::int16_t> cell = start<std::int16_t>(e, kCellState, batch);
    walk(n, time_major, batch, [&](std::size_t row) {
      std::vector<Value> next(units);
      for (std::size_t u = 0; u < units; ++u) {
        std::array<std::int32_t, kGates> gates{};
        for (int gate = 0; gate < kGates; ++gate) {
          const auto g = static_cast<std::size_t>(gate);
          const auto weights = e.in<std::int8_t>(kWeights + gate);
          const auto recurrent_weights = e.in<std::int8_t>(kRecurrentWeights + gate);
          Sum sum = e.in<Sum>(kBias + gate)[u];
          for (std::size_t i = 0; i < width; ++i) {
            sum = multiply_add(sum, static_cast<Sum>(in[row * width + i]) - in_zero, static_cast<Sum>(weights[u * width + i]));
          }
          Sum recurrent = 0;
          for (std::size_t i = 0; i < units; ++i) {
            recurrent = multiply_add(recurrent, static_cast<Sum>(hidden[i]) - out_zero,
                                     static_cast<Sum>(recurrent_weights[u * units + i]));
          }
          const std::int16_t x =
              saturate(saturate(requantize(sum, scaling[g].input)) + saturate(requantize(recurrent, scaling[g].recurrent)));
          gates[g] = gate == kCellGate ? tanh_of_steps(3 * x) : logistic_of_steps(3 * x);
        }
        const std::int16_t kept = saturate(requantize(gates[1] * cell[u], by.forget));
        const std::int16_t added = saturate(requantize(gates[0] * gates[2], by.update));
        cell[u] = saturate(kept + added);
        if (cell_clip > 0.0F) cell[u] = static_cast<std::int16_t>(std::clamp<std::int32_t>(cell[u], -by.clip, by.clip));
        const std::int32_t half = by.tanh_shift > 0 ? 1 << (by.tanh_shift - 1) : 0;
        const std::int32_t curve = tanh_of_steps((cell[u] * by.tanh_multiplier + half) >> by.tanh_shift);
        const std::int32_t product = wrap_add(requantize(gates[3] * curve, by.output), e.output().zero_point());
        next[u] = static_cast<Value>(std::clamp(product, range.first, range.second));
      }
      std::copy(next.begin(), next.end(), out.begin() + static_cast<std::ptrdiff_t>(row * units));
      hidden = std::move(next);
    });
    std::copy(hidden.begin(), hidden.end(), e.state<Value>(kOutputState).begin() + static_cast<std::ptrdiff_t>(first));
    std::copy(cell.begin(), cell.end(), e.state<std::int16_t>(kCellState).begin() + static_cast<std::ptrdiff_t>(first));
  }
}

const std::vector<Implementation> Lstm::kRows = lstm_rows();

MOTE_DEFINE_OPERATOR(UnidirectionalSequenceLstm, unidirectional_sequence_lstm)

}  // namespace mote
