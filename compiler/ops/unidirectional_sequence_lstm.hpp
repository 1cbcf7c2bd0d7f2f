#pragma once

#include <array>

#include "ops/define.hpp"
#include "ops/weighted.hpp"

namespace mote {

/// UNIDIRECTIONAL_SEQUENCE_LSTM. Inputs: activations; weights [units][width] of the gates input, forget, cell, output (1-4);
/// recurrent weights [units][units] (5-8); biases [units] (12-15); output state (18) and cell state (19), both [batch][units].
/// 9-11, 16, 17 and 20-23 belong to variants that are refused. Output: a row of units for each step.
class UnidirectionalSequenceLstm : public OperatorBase<UnidirectionalSequenceLstm> {
 public:
  static constexpr std::string_view kName = "unidirectional_sequence_lstm";
  static const std::vector<Implementation> kRows;

  static constexpr int kGates = 4, kCellGate = 2;
  static constexpr int kWeights = 1, kRecurrentWeights = 5, kPeephole = 9, kBias = 12, kProjection = 16, kOutputState = 18,
                       kCellState = 19, kNormalization = 20, kInputs = 24;

  Activation activation = Activation::kTanh;
  float cell_clip = 0.0F;
  float proj_clip = 0.0F;  ///< of a projection, so without effect
  bool time_major = false;
  /// Every run starts from zero states, which TFLite leaves to the caller.
  bool restarts = false;

  template <typename V>
  void fields(V& v) {
    v.visit("activation", activation);
    v.visit("cell_clip", cell_clip);
    v.visit("proj_clip", proj_clip);
    v.visit("time_major", time_major);
    v.visit("restarts", restarts);
  }

  void read(const tflite::Operator& op);
  void write(OptionsWriter& to) const;

  struct Extents {
    std::int64_t time = 1, batch = 1, width = 1, units = 1;
  };
  /// Of a node whose ranks are right.
  Extents extents(const NodeView& node) const;

  /// How a gate's two sums become numbers in steps of 2^-12.
  struct GateScaling {
    Multiplier input, recurrent;
  };
  static GateScaling gate_scaling(const NodeView& node, int gate);

  /// The cell: its scale is 2^power.
  struct CellScaling {
    int power = 0;
    Multiplier forget;  ///< of forget gate times cell
    Multiplier update;  ///< of input gate times cell gate
    Multiplier output;  ///< of output gate times tanh(cell)
    std::int32_t clip = 0;
    /// As steps of the tanh's argument: (x * multiplier + half) >> shift.
    std::int32_t tanh_multiplier = 0, tanh_shift = 0;
  };
  CellScaling cell_scaling(const NodeView& node) const;

  std::vector<TensorType> infer(const NodeView& node) const override;
  std::int64_t macs(const NodeView& node) const override;
  void evaluate(const Evaluation& e) const override;
  QuantizationRule quantization(const NodeView& node, DataType type) const override;
  std::vector<IntegerInput> integer_inputs(const NodeView& node, const Tensor& activation, const Tensor& output,
                                           const std::function<float(int)>& peak) const override;

 private:
  void check_variant(const NodeView& node) const;
  static void check_types(const NodeView& node);
  static void check_shapes(const NodeView& node, const Extents& n);
  void check_quantization(const NodeView& node) const;
  template <typename T>
  std::vector<T> start(const Evaluation& e, int state, std::int64_t batch) const;
  void evaluate_float(const Evaluation& e) const;
  template <typename Value, typename Sum>
  void evaluate_integer(const Evaluation& e) const;
};

/// The biases of one gate with the zero points folded in, for sums of stored values; one for each unit.
struct FoldedGateBias {
  std::vector<std::int32_t> input, recurrent;
};
FoldedGateBias folded_gate_bias(const NodeView& node, int gate);

}  // namespace mote
