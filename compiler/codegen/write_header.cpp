#include "codegen/write_header.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/ranges.h>

#include "codegen/generate.hpp"
#include "codegen/write_outer.hpp"
#include "codegen/write_pipeline.hpp"
#include "codegen/write_rows.hpp"
#include "codegen/write_state.hpp"
#include "ops/quantized_math.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

std::string byte_list(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::int64_t> bytes;
  for (const TensorId id : ids) bytes.push_back(graph.tensor(id).bytes());
  return ids.empty() ? "0" : fmt::format("{}", fmt::join(bytes, ", "));
}

bool quantized(const Tensor& tensor) {
  return !is_float(tensor.type) && !tensor.quantization.empty() && !tensor.quantization.per_channel();
}

/// One input or output as a struct of constants, with conversions to and from real numbers where it is quantized.
/// Negative offset: it does not lie in the arena.
std::string describe_port(const Tensor& tensor, std::string_view kind, std::size_t index, std::int64_t offset) {
  std::string text = fmt::format("/// {} {}: '{}', {} {}\n", kind, index, printable(tensor.name), type_name(tensor.type),
                                 to_string(tensor.shape));
  text += fmt::format("struct {}{} {{\n  using Value = {};\n", kind, index, type_in_c(tensor.type));
  const auto field = [&](std::string_view type, std::string_view name, const auto& value) {
    text += fmt::format("  static constexpr {} {} = {};\n", type, name, value);
  };
  field("int", "kRank", tensor.shape.size());
  field("int32_t", "kShape[]",
        fmt::format("{{{}}}", tensor.shape.empty() ? "1" : fmt::format("{}", fmt::join(tensor.shape, ", "))));
  field("size_t", "kElements", tensor.elements());
  if (offset >= 0) field("size_t", "kOffset", offset);
  if (quantized(tensor)) {
    const auto [lowest, highest] = type_range(tensor.type);
    field("float", "kScale", float_literal(tensor.scale()));
    field("int32_t", "kZeroPoint", tensor.zero_point());
    text += fmt::format(
        "  static constexpr float dequantize(Value q) noexcept {{ return kScale * (static_cast<float>(q) - "
        "static_cast<float>(kZeroPoint)); }}\n");
    if (tensor.type != DataType::kInt32) {
      text += fmt::format(
          "  static Value quantize(float real) noexcept {{\n"
          "    const float q = roundf(real / kScale) + static_cast<float>(kZeroPoint);\n"
          "    return static_cast<Value>(q < {0}.0F ? {0}.0F : (q > {1}.0F ? {1}.0F : q));\n  }}\n",
          lowest, highest);
    }
  }
  return text + "};\n\n";
}

std::string accessors(const Plan& plan) {
  std::string text;
  const auto add = [&](std::string_view lower, std::string_view upper, std::string_view qualifier, std::size_t i, TensorId id) {
    const std::string body = fmt::format("{{ return reinterpret_cast<{1}{0}::Value*>({2} + {0}::kOffset); }}",
                                         fmt::format("{}{}", upper, i), qualifier, memory_of(plan, plan.memory.tensor_offsets[static_cast<std::size_t>(id)]));
    const std::string cv = qualifier.empty() ? "" : " const";
    if (i == 0) text += fmt::format("  {}{}0::Value* {}(){} noexcept {}\n", qualifier, upper, lower, cv, body);
    text += fmt::format("  {}{}{}::Value* {}{}(){} noexcept {}\n", qualifier, upper, i, lower, i, cv, body);
  };
  for (std::size_t i = 0; i < plan.graph.inputs.size() && fed_region(plan) == nullptr; ++i) add("input", "Input", "", i, plan.graph.inputs[i]);
  for (std::size_t i = 0; i < plan.graph.outputs.size(); ++i) add("output", "Output", "const ", i, plan.graph.outputs[i]);
  return text;
}

/// The body of a function that gives the address of port `i`.
std::string pick_address(const Plan& plan, const std::vector<TensorId>& ids, std::string_view qualifier) {
  const auto offset = [&](TensorId id) { return plan.memory.tensor_offsets[static_cast<std::size_t>(id)]; };
  std::vector<std::string> list;
  for (const TensorId id : ids) list.push_back(plan.memory.outer.empty() ? fmt::format("{}", offset(id)) : address_of(plan, offset(id)));
  if (plan.memory.outer.empty())
    return fmt::format("    constexpr size_t kOffsets[] = {{{}}};\n    return arena_ + kOffsets[i];\n", ids.empty() ? "0" : fmt::format("{}", fmt::join(list, ", ")));
  return fmt::format("    {}void* const places[] = {{{}}};\n    return places[i];\n", qualifier, ids.empty() ? "nullptr" : fmt::format("{}", fmt::join(list, ", ")));
}

std::string declare_feeding(const Plan& plan, const RowRegion& region) {
  const Tensor& input = plan.graph.tensor(plan.graph.inputs[0]);
  const RowTensor& rows = region.tensors[region.input];
  return fmt::format(
      "\n  static constexpr int kRows = {};            // of the input\n  static constexpr size_t kRowElements = {};\n"
      "  /// The next row of the input, from the first to the last; each is used and need not stay. True with the last: the outputs are\n"
      "  /// there until the next row comes. Nothing can fail.\n"
      "  bool feed_row(const Input0::Value* row) noexcept;\n"
      "  /// The next row will be the first of another input, however many have come.\n"
      "  void begin_input() noexcept {{ fed_ = 0; }}\n",
      rows.rows, input.elements() / rows.rows);
}

}  // namespace

std::string float_literal(float value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "HUGE_VALF" : "-HUGE_VALF";
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "F";
}

std::string upper_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text) clean += c >= ' ' && c < 0x7F && c != '\\' && c != '*' ? c : '?';
  return clean;
}

std::string write_header(const Plan& plan, const std::string& name) {
  const Graph& graph = plan.graph;
  const bool stateful = has_state(graph);
  const RowRegion* fed = fed_region(plan);
  std::string text = fmt::format(
      "// Model '{}', compiled by mote {} for {}. Generated: change the model, not this file.\n"
      "#pragma once\n\n#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n\n{}{}namespace {} {{\n\n",
      printable(graph.name), version(), plan.target.name, include_pipeline(plan), fed != nullptr ? "#include \"mote/rows.hpp\"\n\n" : "", name);
  text += fmt::format("inline constexpr uint64_t kModelHash = 0x{:016x}ULL;\n", model_hash(graph));
  text += fmt::format("inline constexpr size_t kArenaBytes = {};         // inputs, outputs, all between, and state\n",
                      plan.memory.arena_bytes);
  text += fmt::format("inline constexpr size_t kFlashWeightsBytes = {};  // weights, biases and tables\n", plan.constant_bytes());
  text += fmt::format("inline constexpr int kInputCount = {};\ninline constexpr int kOutputCount = {};\n", graph.inputs.size(),
                      graph.outputs.size());
  text += fmt::format("inline constexpr size_t kInputBytes[] = {{{}}};\n", byte_list(graph, graph.inputs));
  text += fmt::format("inline constexpr size_t kOutputBytes[] = {{{}}};\n\n", byte_list(graph, graph.outputs));
  const auto ports = [&](const std::vector<TensorId>& ids, std::string_view kind) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const bool comes_by_rows = kind == "Input" && fed != nullptr;
      text += describe_port(graph.tensor(ids[i]), kind, i, comes_by_rows ? -1 : offset_in_memory(plan, plan.memory.tensor_offsets[static_cast<std::size_t>(ids[i])]));
    }
  };
  ports(graph.inputs, "Input");
  ports(graph.outputs, "Output");
  text += declare_outer_memories(plan);
  text += fmt::format("/// {} Inputs, outputs and everything between share {}, so\n",
                      plan.memory.outer.empty() ? "The model with its memory: put the object where the memory shall be." : "The model, which works in memory that it is given.",
                      plan.memory.outer.empty() ? "one arena" : "it");
  text += "/// write the inputs again before each run and read the outputs before writing the next inputs.\nclass Model {\n public:\n";
  text += declare_attach(plan) + accessors(plan);
  if (fed == nullptr) text += fmt::format("  void* input_data(int i) noexcept {{\n{}  }}\n", pick_address(plan, graph.inputs, ""));
  text += fmt::format("  const void* output_data(int i) const noexcept {{\n{}  }}\n", pick_address(plan, graph.outputs, "const "));
  text += fed == nullptr ? "\n  /// One inference. Nothing can fail.\n  void run() noexcept;\n" : declare_feeding(plan, *fed);
  text += declare_state_functions(plan);
  text += fmt::format("\n private:\n  template <typename T>\n  T* at(size_t offset) noexcept {{\n    return reinterpret_cast<T*>({});\n  }}\n\n", address_of_any(plan));
  text += declare_outer_pointers(plan);
  if (plan.memory.outer.empty() || plan.memory.own_bytes() > 0)
    text += fmt::format("  alignas(16) uint8_t arena_[{}]{};\n", std::max<std::int64_t>(plan.memory.own_bytes(), 1), stateful || fed != nullptr ? " = {}" : "");
  if (fed != nullptr) text += fmt::format("  mote::RowState rows_[{}] = {{}};\n  int16_t fed_ = 0;  // rows of this input\n", fed->tensors.size());
  text += stateful ? "  bool started_ = false;\n};\n" : "};\n";
  return text + declare_pipeline(plan) + fmt::format("\n}}  // namespace {}\n", name);
}

}  // namespace mote
