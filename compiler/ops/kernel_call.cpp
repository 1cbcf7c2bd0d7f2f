#include "ops/kernel_call.hpp"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mote {

namespace {

std::string literal(float value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "HUGE_VALF" : "-HUGE_VALF";
  std::string digits = fmt::format("{:.9g}", value);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits + "F";
}

}  // namespace

KernelCall& KernelCall::text(std::string_view cpp_type, std::string_view name, std::string_view value) {
  spec.push_back({std::string(cpp_type), std::string(name), std::string(value)});
  return *this;
}

KernelCall& KernelCall::type(std::string_view name, DataType value) { return text("using", name, type_in_c(value)); }

KernelCall& KernelCall::set(std::string_view name, std::int64_t value) {
  MOTE_CHECK(value >= INT32_MIN && value <= INT32_MAX);
  return text("int32_t", name, value == INT32_MIN ? "INT32_MIN" : fmt::to_string(value));
}

KernelCall& KernelCall::flag(std::string_view name, bool value) { return text("bool", name, value ? "true" : "false"); }

KernelCall& KernelCall::real(std::string_view name, float value) { return text("float", name, literal(value)); }

KernelCall& KernelCall::reals(std::string_view name, const std::vector<float>& values) {
  std::vector<std::string> literals;
  for (const float value : values) literals.push_back(literal(value));
  return text("float[]", name, fmt::format("{}", fmt::join(literals, ", ")));
}

KernelCall& KernelCall::list(std::string_view name, const std::vector<std::int64_t>& values) {
  return text("int32_t[]", name, fmt::format("{}", fmt::join(values, ", ")));
}

KernelCall& KernelCall::argument(KernelArgument::Kind kind, int index) {
  arguments.push_back({kind, index});
  return *this;
}

KernelCall& KernelCall::scratch(std::int64_t bytes) {
  scratch_bytes = bytes;
  return argument(KernelArgument::Kind::kScratch, 0);
}

KernelCall& KernelCall::holds_weights(WeightCells cells, std::vector<TableRun> runs) {
  constants.back().cells = cells;
  constants.back().runs = std::move(runs);
  return *this;
}

KernelCall& KernelCall::in_place_of(std::vector<int> inputs) {
  in_place = std::move(inputs);
  return *this;
}

KernelCall& KernelCall::overlapping(int input, std::int64_t bytes) {
  overlaps.push_back({input, bytes});
  return *this;
}

KernelCall& KernelCall::taught_by(std::string_view function_name, std::vector<int> inputs) {
  teach_function = function_name;
  teach_inputs = std::move(inputs);
  return *this;
}

KernelCall& KernelCall::constant(std::string_view name, const Tensor& tensor) {
  MOTE_CHECK(tensor.is_constant());
  constants.push_back({std::string(name), tensor.type, *tensor.data, {}, {}});
  return argument(KernelArgument::Kind::kConstant, static_cast<int>(constants.size()) - 1);
}

KernelCall& KernelCall::value(const NodeView& node, int i, std::string_view name) {
  return node.input(i).is_constant() ? constant(name, node.input(i)) : input(i);
}

std::string spec_text(const KernelCall& call) {
  std::string text;
  for (const SpecField& field : call.spec) {
    if (field.type == "using") {
      text += fmt::format("  using {} = {};\n", field.name, field.value);
    } else if (field.type == "struct") {
      text += fmt::format("  struct {} {{\n{}  }};\n", field.name, field.value);
    } else if (field.type.ends_with("[]")) {
      text += fmt::format("  static constexpr {} {}[] = {{{}}};\n", field.type.substr(0, field.type.size() - 2), field.name,
                          field.value);
    } else {
      text += fmt::format("  static constexpr {} {} = {};\n", field.type, field.name, field.value);
    }
  }
  return text;
}

}  // namespace mote
