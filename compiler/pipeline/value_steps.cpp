#include "pipeline/value_steps.hpp"

#include <cmath>

namespace mote {

namespace {

std::optional<float> finite(Section& section, std::string_view key) {
  const std::optional<double> value = section.number(key);
  if (!value) return std::nullopt;
  if (!std::isfinite(static_cast<float>(*value))) section.fail(key, "must be a number of float32");
  return static_cast<float>(*value);
}

}  // namespace

void build_scale(PipelineBuilder& builder, Section& section) {
  const auto apply = [&](std::string_view op, float operand) {
    builder.value = builder.graph.add(op, {builder.value, builder.graph.scalar(operand)});
  };
  const std::optional<float> multiply = finite(section, "multiply");
  const std::optional<float> add = finite(section, "add");
  const std::optional<float> minimum = finite(section, "minimum");
  const std::optional<float> maximum = finite(section, "maximum");
  if (minimum && maximum && !(*minimum < *maximum)) section.fail("minimum", "must be below `maximum`");
  make_real(builder);
  if (multiply) apply("mul", *multiply);
  if (add) apply("add", *add);
  if (minimum) apply("maximum", *minimum);
  if (maximum) apply("minimum", *maximum);
}

void build_normalize(PipelineBuilder& builder, Section& section) {
  const double least = section.number("epsilon").value_or(1e-12);
  if (!(least > 0) || !std::isnormal(static_cast<float>(least))) section.fail("epsilon", "must be a number above 0");
  make_real(builder);
  const Shape shape = builder.shape();
  Shape row(shape.begin() + 1, shape.end());
  const auto count = static_cast<std::size_t>(element_count(row));
  ImportedGraph& graph = builder.graph;
  const TensorId ones = graph.constant(row, std::vector<float>(count, 1.0F));
  const TensorId zeros = graph.constant(row, std::vector<float>(count, 0.0F));
  builder.value = graph.add("layer_normalization", {builder.value, ones, zeros}, {{"axis", 1}, {"epsilon", static_cast<float>(least)}});
}

}  // namespace mote
