#include "pipeline/learning_section.hpp"

namespace mote {

void build_learning(PipelineBuilder& builder, Section& section) {
  const std::string method = section.one_of("method", {"nearest_prototypes", "nearest_examples", "last_layer"});
  Attributes attributes{{"classes", static_cast<std::int32_t>(section.required_integer("classes", 1, 1024))}};
  if (method == "nearest_examples")
    attributes["capacity"] = static_cast<std::int32_t>(section.required_integer("capacity", 1, 1024));
  if (method == "last_layer") {
    attributes["rate"] = static_cast<float>(section.number("rate").value_or(0.5));
    attributes["decay"] = static_cast<float>(section.number("decay").value_or(0));
  }
  make_real(builder);
  builder.value = add_keeping_state(builder, method, {builder.value}, attributes, {DataType::kInt32, DataType::kFloat32})[1];
  builder.rows_per_second = builder.runs_per_second();
}

}  // namespace mote
