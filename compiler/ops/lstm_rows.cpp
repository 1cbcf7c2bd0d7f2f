#include "ops/lstm_rows.hpp"

#include "ops/fixed_point_curves.hpp"
#include "ops/packed_matrix.hpp"
#include "ops/row_scaling.hpp"
#include "ops/unidirectional_sequence_lstm.hpp"

namespace mote {

namespace {

using Lstm = UnidirectionalSequenceLstm;

/// The values of one tensor per gate, unit by unit: for each unit a row of each gate.
template <typename T>
std::vector<T> unit_by_unit(const std::vector<std::span<const T>>& gates, std::int64_t units) {
  std::vector<T> result;
  const std::size_t row = gates[0].size() / static_cast<std::size_t>(units);
  for (std::size_t u = 0; u < static_cast<std::size_t>(units); ++u) {
    for (const std::span<const T>& gate : gates) {
      const auto values = gate.subspan(u * row, row);
      result.insert(result.end(), values.begin(), values.end());
    }
  }
  return result;
}

template <typename T>
std::vector<T> unit_by_unit(const NodeView& node, int first) {
  std::vector<std::span<const T>> gates;
  for (int gate = 0; gate < Lstm::kGates; ++gate) gates.push_back(node.input(first + gate).values<T>());
  return unit_by_unit(gates, Lstm::of(node).extents(node).units);
}

KernelCall describe(const NodeView& node, std::string_view header, std::string_view function) {
  const auto& op = Lstm::of(node);
  const Lstm::Extents n = op.extents(node);
  KernelCall call(header, function);
  call.set("time", n.time).set("batch", n.batch).set("width", n.width).set("units", n.units);
  call.flag("time_major", op.time_major).flag("reverse", false).flag("gives_sequence", true);
  call.flag("keeps_state", !op.restarts).flag("gives_last", !op.restarts).flag("clips_cell", op.cell_clip > 0.0F);
  return call;
}

void describe_scaling(KernelCall& call, const NodeView& node) {
  const auto& op = Lstm::of(node);
  std::vector<std::int64_t> numbers[4];
  for (int gate = 0; gate < Lstm::kGates; ++gate) {
    const Lstm::GateScaling by = Lstm::gate_scaling(node, gate);
    numbers[0].push_back(by.input.multiplier);
    numbers[1].push_back(by.input.shift);
    numbers[2].push_back(by.recurrent.multiplier);
    numbers[3].push_back(by.recurrent.shift);
  }
  call.list("input_multipliers", numbers[0]).list("input_shifts", numbers[1]);
  call.list("recurrent_multipliers", numbers[2]).list("recurrent_shifts", numbers[3]);
  const Lstm::CellScaling cell = op.cell_scaling(node);
  call.set("update_multiplier", cell.update.multiplier).set("update_shift", cell.update.shift);
  call.set("output_multiplier", cell.output.multiplier).set("output_shift", cell.output.shift);
  call.set("output_zero_point", node.output().zero_point());
  const auto [lowest, highest] = type_range(node.output().type);
  call.set("output_min", lowest).set("output_max", highest).set("cell_clip", cell.clip);
  call.set("tanh_multiplier", cell.tanh_multiplier).set("tanh_shift", cell.tanh_shift);
}

/// The output of the step before the first, where one is kept: an input and the place of the last output.
void pass_output_state(KernelCall& call, const NodeView& node) {
  if (Lstm::of(node).restarts) {
    call.null();
  } else {
    call.input(Lstm::kOutputState);
  }
}

void pass_table(KernelCall& call) {
  const auto& table = sigmoid_table();
  call.constant("table", std::vector<std::int16_t>(table.begin(), table.end()));
}

KernelCall lower_float(const NodeView& node) {
  KernelCall call = describe(node, "lstm", "lstm");
  call.set("gate_curve", 0).set("cell_curve", 1).set("output_curve", 1).flag("clips", false);
  call.real("cell_clip", Lstm::of(node).cell_clip);
  call.input(0).constant("weights", unit_by_unit<float>(node, Lstm::kWeights));
  call.constant("bias", unit_by_unit<float>(node, Lstm::kBias));
  call.constant("recurrent_weights", unit_by_unit<float>(node, Lstm::kRecurrentWeights));
  pass_output_state(call, node);
  call.null().output();
  pass_output_state(call, node);
  return call.input(Lstm::kCellState).null();
}

/// The folded biases of all gates, unit by unit: of the inputs, and of the outputs before.
std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> folded_biases(const NodeView& node) {
  std::vector<FoldedGateBias> folded;
  for (int gate = 0; gate < Lstm::kGates; ++gate) folded.push_back(folded_gate_bias(node, gate));
  std::vector<std::span<const std::int32_t>> input;
  std::vector<std::span<const std::int32_t>> recurrent;
  for (const FoldedGateBias& each : folded) {
    input.emplace_back(each.input);
    recurrent.emplace_back(each.recurrent);
  }
  const std::int64_t units = Lstm::of(node).extents(node).units;
  return {unit_by_unit(input, units), unit_by_unit(recurrent, units)};
}

KernelCall lower_integer(const NodeView& node) {
  KernelCall call = describe(node, "unidirectional_sequence_lstm", "unidirectional_sequence_lstm");
  const bool is_int8 = node.input(0).type == DataType::kInt8;
  call.type("Value", node.input(0).type).type("Sum", is_int8 ? DataType::kInt32 : DataType::kInt64);
  describe_scaling(call, node);
  call.input(0).constant("weights", unit_by_unit<std::int8_t>(node, Lstm::kWeights));
  const auto recurrent_weights = unit_by_unit<std::int8_t>(node, Lstm::kRecurrentWeights);
  if (is_int8) {
    const auto [bias, recurrent_bias] = folded_biases(node);
    call.constant("bias", bias).constant("recurrent_weights", recurrent_weights);
    if (node.output().zero_point() != 0) {
      call.constant("recurrent_bias", recurrent_bias);
    } else {
      call.null();
    }
  } else {
    call.constant("bias", unit_by_unit<std::int64_t>(node, Lstm::kBias)).constant("recurrent_weights", recurrent_weights).null();
  }
  pass_table(call);
  pass_output_state(call, node);
  return call.input(Lstm::kCellState).output();
}

KernelCall lower_plain(const NodeView& node) { return is_float(node.input(0).type) ? lower_float(node) : lower_integer(node); }

double units_per_run(const NodeView& node) {
  const Lstm::Extents n = Lstm::of(node).extents(node);
  return static_cast<double>(n.time * n.batch * n.units);
}

double plain_cycles(const NodeView& node) {
  const double per_unit = is_float(node.input(0).type) ? 900.0 : 400.0;
  return 6.5 * static_cast<double>(Lstm::of(node).macs(node)) + per_unit * units_per_run(node);
}

/// One row of each gate as a block of packed words, or nothing when a sum or two neighbouring weights do not fit.
bool append_block(const NodeView& node, int first, std::size_t unit, const std::vector<std::vector<std::int32_t>>& biases,
                  const std::vector<Multiplier>& multipliers, const std::vector<std::int32_t>& order,
                  std::vector<std::int32_t>& words) {
  const auto join = [](std::int32_t high, std::int32_t low) { return wrap_add(wrap_multiply(256, high), low); };
  const auto fits_halfword = [](std::int32_t value) { return value >= INT16_MIN && value <= INT16_MAX; };
  std::vector<std::vector<std::int32_t>> rows;
  for (std::size_t gate = 0; gate < Lstm::kGates; ++gate) {
    const Tensor& tensor = node.input(first + static_cast<int>(gate));
    const auto depth = static_cast<std::size_t>(tensor.shape[1]);
    const auto weights = tensor.values<std::int8_t>().subspan(unit * depth, depth);
    const RowSums sums = row_sums(weights, biases[gate][unit]);
    constexpr int kMostShift = 21;
    const Multiplier& by = multipliers[gate];
    if (!sums.fits(30 - std::max(by.shift, 0)) || by.shift < -kMostShift) return false;
    if (gate % 2 == 0 && !sums.fits(23)) return false;
    std::vector<std::int32_t> row;
    for (const std::int32_t place : order) row.push_back(place < 0 ? 0 : weights[static_cast<std::size_t>(place)]);
    rows.push_back(std::move(row));
  }
  for (std::size_t gate = 0; gate < Lstm::kGates; gate += 2) {
    words.insert(words.end(), {join(biases[gate][unit], biases[gate + 1][unit]), biases[gate + 1][unit]});
  }
  for (std::size_t i = 0; i < order.size(); i += 2) {
    for (std::size_t gate = 0; gate < Lstm::kGates; gate += 2) {
      const std::int32_t low = join(rows[gate][i], rows[gate + 1][i]);
      const std::int32_t high = join(rows[gate][i + 1], rows[gate + 1][i + 1]);
      if (!fits_halfword(low) || !fits_halfword(high)) return false;
      words.push_back(halfword_pair(low, high));
    }
  }
  return true;
}

std::optional<std::vector<std::int32_t>> packed_words(const NodeView& node) {
  if (node.input(0).type != DataType::kInt8) return std::nullopt;
  const Lstm::Extents n = Lstm::of(node).extents(node);
  std::vector<std::vector<std::int32_t>> input_bias;
  std::vector<std::vector<std::int32_t>> recurrent_bias;
  std::vector<Multiplier> input;
  std::vector<Multiplier> recurrent;
  for (int gate = 0; gate < Lstm::kGates; ++gate) {
    FoldedGateBias folded = folded_gate_bias(node, gate);
    input_bias.push_back(std::move(folded.input));
    recurrent_bias.push_back(std::move(folded.recurrent));
    const Lstm::GateScaling by = Lstm::gate_scaling(node, gate);
    input.push_back(by.input);
    recurrent.push_back(by.recurrent);
  }
  const auto order = window_order(1, static_cast<std::int32_t>(n.width));
  const auto recurrent_order = window_order(1, static_cast<std::int32_t>(n.units));
  std::vector<std::int32_t> words;
  for (std::size_t u = 0; u < static_cast<std::size_t>(n.units); ++u) {
    if (!append_block(node, Lstm::kWeights, u, input_bias, input, order, words) ||
        !append_block(node, Lstm::kRecurrentWeights, u, recurrent_bias, recurrent, recurrent_order, words)) {
      return std::nullopt;
    }
  }
  return words;
}

bool packed_applies(const NodeView& node) { return packed_words(node).has_value(); }

double packed_cycles(const NodeView& node) {
  const Lstm::Extents n = Lstm::of(node).extents(node);
  return 1.3 * static_cast<double>(Lstm::of(node).macs(node)) + 230.0 * units_per_run(node) +
         2.0 * static_cast<double>(n.time * n.batch * (n.width + n.units));
}

KernelCall lower_packed(const NodeView& node) {
  KernelCall call = describe(node, "unidirectional_sequence_lstm_packed", "unidirectional_sequence_lstm_packed");
  describe_scaling(call, node);
  call.input(0).constant("matrix", packed_words(node).value());
  pass_table(call);
  const Lstm::Extents n = Lstm::of(node).extents(node);
  const auto columns = static_cast<std::int64_t>(window_order(1, static_cast<std::int32_t>(n.width)).size() +
                                                 window_order(1, static_cast<std::int32_t>(n.units)).size());
  pass_output_state(call, node);
  return call.input(Lstm::kCellState).output().scratch(2 * columns);
}

}  // namespace

FoldedGateBias folded_gate_bias(const NodeView& node, int gate) {
  const auto fold = [&](int weights, std::int32_t zero_point, std::span<const std::int32_t> bias) {
    const auto values = node.input(weights).values<std::int8_t>();
    const auto units = static_cast<std::size_t>(node.input(weights).shape[0]);
    const std::size_t depth = values.size() / units;
    std::vector<std::int32_t> folded(units);
    for (std::size_t u = 0; u < units; ++u) {
      std::int32_t sum = 0;
      for (const std::int8_t value : values.subspan(u * depth, depth)) sum += value;
      folded[u] = wrap_add(bias.empty() ? 0 : bias[u], wrap_multiply(-zero_point, sum));
    }
    return folded;
  };
  return {fold(Lstm::kWeights + gate, node.input(0).zero_point(), node.input(Lstm::kBias + gate).values<std::int32_t>()),
          fold(Lstm::kRecurrentWeights + gate, node.output().zero_point(), {})};
}

std::vector<Implementation> lstm_rows() {
  return {
      {.name = "unidirectional_sequence_lstm.packed",
       .isa = Isa::kDsp,
       .applies = packed_applies,
       .cycles = packed_cycles,
       .lower = lower_packed,
       .code_bytes = 1600},
      {.name = "unidirectional_sequence_lstm.plain", .cycles = plain_cycles, .lower = lower_plain, .code_bytes = 1400},
  };
}

}  // namespace mote
