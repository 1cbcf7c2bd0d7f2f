#include "pipeline/flow.hpp"

#include "ops/define.hpp"
#include "ops/kept_state.hpp"
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

std::vector<TensorId> add_keeping_state(PipelineBuilder& builder, std::string_view op, std::vector<TensorId> inputs, const Attributes& attributes,
                                        const std::vector<DataType>& types) {
  std::unique_ptr<Operator> made = make_operator(op);
  MOTE_CHECK(made != nullptr);
  set_attributes(*made, attributes);
  Node node{std::string(op), std::move(made), std::move(inputs), {}};
  give_own_state(builder.graph.graph(), node);
  return builder.graph.add_all(op, node.inputs, types.size(), attributes, {.type = {}, .quantization = {}, .types = types});
}

}  // namespace mote
