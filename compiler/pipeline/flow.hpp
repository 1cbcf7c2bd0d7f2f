#pragma once

#include "import/onnx/imported_graph.hpp"

namespace mote {

/// Block floating point (ops/signal/block_floating.hpp): what the integers of the value are to be multiplied with.
struct Blocks {
  TensorId exponents = kNoTensor;
  double unit = 1;  ///< besides 2 to the power of the exponent
};

/// A pipeline under construction, and the value that its next step takes.
struct PipelineBuilder {
  ImportedGraph& graph;
  const Source& source;
  /// What flows: from the source `samples` [hop, channels]; behind steps that cut it into frames [frames of this run, ...].
  TensorId value = kNoTensor;
  /// Rows (extents of axis 0) that flow in a second; behind a step that gathers a window, windows: one per run.
  double rows_per_second = 0;
  /// Runs at the beginning, and after a gap, whose value still rests on samples that never were.
  std::int64_t warm_up_runs = 0;
  /// Whether the value is samples [rows, channels] still, which filters take.
  bool are_samples = true;
  /// Of so many samples of the source one is left.
  std::int64_t decimation = 1;
  /// Set while the value is frames of integers in block floating point.
  std::optional<Blocks> blocks = {};

  Shape shape() const { return graph.shape(value); }
  double sample_rate() const { return source.rate_hz / static_cast<double>(decimation); }
  double runs_per_second() const { return source.rate_hz / source.hop; }
};

/// Error while the value is in block floating point, which only a few steps take.
void require_no_blocks(const PipelineBuilder& builder);

/// The value as real numbers in float32: integers with a scale are dequantized, others taken as they are.
void make_real(PipelineBuilder& builder);

/// A state tensor whose last axis-0 rows are those of the value: [rows, ...], moved on by each run. The value becomes the window. Counts
/// the runs that fill it.
void keep_window(PipelineBuilder& builder, std::int64_t rows, std::string_view name);

/// One operator applied to `inputs` and the states that it keeps; its results, of these types.
std::vector<TensorId> add_keeping_state(PipelineBuilder& builder, std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes,
                                        const std::vector<DataType>& types);

}  // namespace mote
