#include "codegen/write_c_header.hpp"

#include <algorithm>

#include "codegen/write_header.hpp"
#include "codegen/write_outer.hpp"
#include "codegen/write_pipeline.hpp"
#include "codegen/write_rows.hpp"
#include "codegen/write_state.hpp"
#include "support/checked.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

/// "int8_t* kws_input0(kws_model* model)" and the like; `body` makes the rest of the line.
template <typename Body>
std::string each_port(const Plan& plan, const std::string& name, Body&& body) {
  std::string text;
  const auto add = [&](const std::vector<TensorId>& ids, std::string_view kind, std::string_view qualifier) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string port = fmt::format("{}{}", kind, i);
      text +=
          fmt::format("{0}{1}* {2}_{3}({0}{2}_model* model)", qualifier, type_in_c(plan.graph.tensor(ids[i]).type), name, port) +
          body(port);
    }
  };
  if (fed_region(plan) == nullptr) add(plan.graph.inputs, "input", "");
  add(plan.graph.outputs, "output", "const ");
  return text;
}

std::string port_constants(const Plan& plan, const std::string& prefix, const std::vector<TensorId>& ids, std::string_view kind) {
  std::string text;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Tensor& tensor = plan.graph.tensor(ids[i]);
    text += fmt::format("#define {}_{}{}_ELEMENTS {}\n", prefix, kind, i, tensor.elements());
    if (tensor.quantization.empty()) continue;
    text += fmt::format("#define {}_{}{}_SCALE {}\n#define {}_{}{}_ZERO_POINT {}\n", prefix, kind, i,
                        float_literal(tensor.scale()), prefix, kind, i, tensor.zero_point());
  }
  return text;
}

}  // namespace

std::string write_c_header(const Plan& plan, const std::string& name) {
  const std::string prefix = upper_case(name);
  const RowRegion* fed = fed_region(plan);
  const std::int64_t row_states = fed == nullptr ? 0 : static_cast<std::int64_t>(4 * fed->tensors.size() + 6);
  const std::int64_t pointers = align_up(8 * static_cast<std::int64_t>(plan.memory.outer.size()), 16);
  const std::int64_t bytes = pointers + align_up(std::max<std::int64_t>(plan.memory.own_bytes(), 1) + row_states + (has_state(plan.graph) ? 1 : 0), 16);
  std::string text = fmt::format(
      "/* Model '{}' for C, compiled by mote {}. Generated: change the model, not this file. */\n"
      "#ifndef {}_H\n#define {}_H\n\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n#ifdef "
      "__cplusplus\nextern \"C\" {{\n#endif\n\n",
      printable(plan.graph.name), version(), prefix, prefix);
  text += fmt::format("#define {}_ARENA_BYTES {}\n", prefix, plan.memory.arena_bytes);
  text += port_constants(plan, prefix, plan.graph.inputs, "INPUT") + port_constants(plan, prefix, plan.graph.outputs, "OUTPUT");
  text += "\n" + declare_c_outer_memories(plan, name);
  text += fmt::format(
      "/* The model's memory: static (all zero), or reset before the first run. */\n"
      "typedef struct {0}_model {{\n#ifdef __cplusplus\n  alignas(16) uint8_t bytes[{1}];\n#else\n  _Alignas(16) uint8_t "
      "bytes[{1}];\n#endif\n}} {0}_model;\n\n",
      name, bytes);
  text += declare_c_attach(plan, name) + each_port(plan, name, [](const std::string&) { return std::string(";\n"); });
  text += fed == nullptr ? fmt::format("/* One inference: inputs must be written anew before each. */\nvoid {0}_run({0}_model* model);\n", name)
                         : fmt::format("/* The next row of the input; true with the last: the outputs are there until the next row comes. */\n"
                                       "bool {0}_feed_row({0}_model* model, const {1}* row);\n"
                                       "/* The next row will be the first of another input. */\nvoid {0}_begin_input({0}_model* model);\n",
                                       name, type_in_c(plan.graph.tensor(plan.graph.inputs[0]).type));
  text += declare_c_state_functions(plan, name);
  return text + declare_c_pipeline(plan, name) + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

std::string write_c_functions(const Plan& plan, const std::string& name) {
  std::string text = fmt::format(
      "static_assert(sizeof({0}::Model) <= sizeof({0}_model), \"the C struct is large enough\");\n\nextern \"C\" {{\n\n", name);
  text += define_c_attach(plan, name);
  text += each_port(plan, name, [&](const std::string& port) {
    const std::string cv = port.starts_with("output") ? "const " : "";
    return fmt::format(" {{ return reinterpret_cast<{0}{1}::Model*>(model)->{2}(); }}\n", cv, name, port);
  });
  text += fed_region(plan) == nullptr
              ? fmt::format("void {0}_run({0}_model* model) {{ reinterpret_cast<{0}::Model*>(model)->run(); }}\n", name)
              : fmt::format("bool {0}_feed_row({0}_model* model, const {1}* row) {{ return reinterpret_cast<{0}::Model*>(model)->feed_row(row); }}\n"
                            "void {0}_begin_input({0}_model* model) {{ reinterpret_cast<{0}::Model*>(model)->begin_input(); }}\n",
                            name, type_in_c(plan.graph.tensor(plan.graph.inputs[0]).type));
  return text + define_c_state_functions(plan, name) + define_c_pipeline(plan, name) + "\n}  // extern \"C\"\n";
}

}  // namespace mote
