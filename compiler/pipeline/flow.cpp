#include "pipeline/flow.hpp"

#include "support/error.hpp"

namespace mote {

void require_no_blocks(const PipelineBuilder& builder) {
  if (builder.blocks) throw Error("spectra of integers have an exponent for each frame, which only `mel` and `log` take on", "put `log` before it, or leave `integers` out");
}

void make_real(PipelineBuilder& builder) {
  require_no_blocks(builder);
  const Tensor& tensor = builder.graph.tensor(builder.value);
  if (is_float(tensor.type)) return;
  builder.value = tensor.quantization.empty() ? builder.graph.cast(builder.value, DataType::kFloat32)
                                              : builder.graph.add("dequantize", {builder.value}, {}, {.type = DataType::kFloat32, .quantization = {}});
}

void keep_window(PipelineBuilder& builder, std::int64_t rows, std::string_view name) {
  require_no_blocks(builder);
  Tensor window = builder.graph.tensor(builder.value);
  const std::int64_t fresh = window.shape[0];
  MOTE_CHECK(rows >= fresh);
  if (rows == fresh) return;
  constexpr std::int64_t kMostBytes = std::int64_t{1} << 28;
  if (rows * (window.bytes() / fresh) > kMostBytes) throw Error(fmt::format("a window of {} rows takes more than {} MB", rows, kMostBytes >> 20));
  window.name = name;
  window.shape[0] = static_cast<std::int32_t>(rows);
  window.is_state = true;
  const TensorId state = builder.graph.add_tensor(window);
  builder.value = builder.graph.add("push_window", {state, builder.value}, {{"axis", 0}});
  builder.warm_up_runs += (rows + fresh - 1) / fresh - 1;
}

}  // namespace mote
