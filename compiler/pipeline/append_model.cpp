#include "pipeline/append_model.hpp"

#include "import/import.hpp"
#include "passes/passes.hpp"
#include "passes/stream.hpp"

namespace mote {

namespace {

/// The value in the shape, type and quantization of `input`.
TensorId fitted(PipelineBuilder& builder, const Tensor& input) {
  ImportedGraph& graph = builder.graph;
  TensorId value = builder.value;
  const Tensor from = graph.tensor(value);
  if (from.elements() != input.elements()) {
    throw Error(fmt::format("the model's input '{}' has {} values ({}), what reaches it {} ({})", input.name, input.elements(), to_string(input.shape),
                            from.elements(), to_string(from.shape)),
                "check lengths and steps of the features; `stack` gathers rows over time");
  }
  value = graph.reshape(value, input.shape);
  if (from.type == input.type && (from.quantization.empty() || from.quantization == input.quantization)) return value;
  if (is_float(input.type)) {
    return from.quantization.empty() ? graph.cast(value, DataType::kFloat32) : graph.add("dequantize", {value}, {}, {.type = DataType::kFloat32, .quantization = {}});
  }
  const bool has_scale = !input.quantization.empty() && !input.quantization.per_channel();
  if (has_scale && (is_float(from.type) || !from.quantization.empty()))
    return graph.add("quantize", {value}, {}, {.type = input.type, .quantization = input.quantization});
  throw Error(fmt::format("the model's input '{}' takes {}, what reaches it is {}{}", input.name, type_name(input.type), type_name(from.type),
                          from.quantization.empty() ? "" : " with a scale"));
}

std::size_t output_named(const Graph& model, Section& section) {
  const std::optional<std::string> name = section.text("output");
  if (!name) return 0;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < model.outputs.size(); ++i) {
    known.push_back(model.tensor(model.outputs[i]).name);
    if (known.back() == *name) return i;
  }
  section.fail("output", fmt::format("the model has no output '{}'", *name), fmt::format("its outputs: {}", fmt::join(known, ", ")));
}

}  // namespace

void append_model(PipelineBuilder& builder, const Graph& model, std::size_t output) {
  require_no_blocks(builder);
  if (model.inputs.size() != 1)
    throw Error(fmt::format("the model has {} inputs, and one value flows", model.inputs.size()));
  Graph& graph = builder.graph.graph();
  std::vector<TensorId> moved(model.tensors.size(), kNoTensor);
  moved[static_cast<std::size_t>(model.inputs[0])] = fitted(builder, model.tensor(model.inputs[0]));
  for (std::size_t i = 0; i < moved.size(); ++i)
    if (moved[i] == kNoTensor) moved[i] = graph.add_tensor(model.tensors[i]);
  const auto move = [&](std::vector<TensorId> ids) {
    for (TensorId& id : ids)
      if (id != kNoTensor) id = moved[static_cast<std::size_t>(id)];
    return ids;
  };
  for (const Node& node : model.nodes) graph.nodes.push_back({node.name, node.op, move(node.inputs), move(node.outputs)});
  builder.value = moved[static_cast<std::size_t>(model.outputs[output])];
  graph.labels = model.labels;
}

void build_model(PipelineBuilder& builder, Section& section) {
  Graph model = import_model_file(section.file("file"));
  if (const auto axis = section.integer("stream", 0, 7)) {
    run_passes(model, {});
    const std::int64_t window = model.tensor(model.inputs.at(0)).elements();
    model = stream_over_time(model, {.axis = static_cast<std::int32_t>(*axis), .frames = builder.shape()[0]});
    const std::int64_t fresh = model.tensor(model.inputs[0]).elements();
    builder.warm_up_runs += (window + fresh - 1) / fresh - 1;
  }
  append_model(builder, model, output_named(model, section));
  builder.rows_per_second = builder.runs_per_second();
  builder.are_samples = false;
}

void build_model_features(PipelineBuilder& builder, Section& section) {
  build_model(builder, section);
  const Shape shape = builder.shape();
  if (shape.empty() || shape[0] != 1) builder.value = builder.graph.reshape(builder.value, {1, static_cast<std::int32_t>(element_count(shape))});
}

}  // namespace mote
