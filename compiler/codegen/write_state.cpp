#include "codegen/write_state.hpp"

#include <algorithm>

#include "codegen/generate.hpp"
#include "codegen/write_header.hpp"
#include "ops/evaluate.hpp"

namespace mote {

namespace {

/// Hash and checksum around what is saved; device/include/mote/lasting.hpp.
constexpr std::int64_t kAroundBytes = 12;

/// States that have a place in memory, in order, those that last or the others.
std::vector<std::size_t> states_of(const Plan& plan, bool lasting) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < plan.graph.tensors.size(); ++i) {
    const Tensor& tensor = plan.graph.tensors[i];
    if (tensor.is_state && tensor.lasting == lasting && plan.memory.tensor_offsets[i] >= 0) found.push_back(i);
  }
  return found;
}

/// The shortest piece of whole elements that, repeated, gives what a state begins with.
std::vector<std::uint8_t> repeated_piece(const Tensor& tensor, const std::vector<std::uint8_t>& initial) {
  const std::size_t size = type_bytes(tensor.type);
  for (std::size_t piece = size; piece < initial.size(); piece += size) {
    const auto from = initial.begin() + static_cast<std::ptrdiff_t>(piece);
    if (initial.size() % piece == 0 && std::equal(from, initial.end(), initial.begin())) return {initial.begin(), from};
  }
  return initial;
}

std::string set_to_initial(const Plan& plan, std::size_t index, Tables& tables) {
  const Tensor& tensor = plan.graph.tensors[index];
  const std::vector<std::uint8_t> piece = repeated_piece(tensor, initial_state(tensor));
  const std::string place = fmt::format("at<{}>({})", type_in_c(tensor.type), plan.memory.tensor_offsets[index]);
  if (piece.size() == type_bytes(tensor.type)) {
    std::string literal;
    append_any(tensor.type, piece, literal);
    literal.pop_back();
    return fmt::format("  for (size_t i = 0; i < {}; ++i) {}[i] = {};\n", tensor.elements(), place, literal);
  }
  const auto elements = static_cast<std::int64_t>(piece.size() / type_bytes(tensor.type));
  const std::string table = tables.add({fmt::format("state{}", index), tensor.type, piece}, 0);
  if (elements == tensor.elements()) return fmt::format("  memcpy({}, {}, sizeof {});\n", place, table, table);
  return fmt::format("  for (size_t i = 0; i < {}; i += {}) memcpy({} + i, {}, sizeof {});\n", tensor.elements(), elements, place, table, table);
}

std::string define_save_and_restore(const Plan& plan) {
  std::string parts;
  for (const std::size_t i : states_of(plan, true)) {
    const Tensor& tensor = plan.graph.tensors[i];
    parts += fmt::format("    {{{}, {}}},  // {}\n", plan.memory.tensor_offsets[i], tensor.bytes(), printable(tensor.name));
  }
  return fmt::format(
      "namespace {{\n\nconstexpr mote::LastingPart kLastingParts[] = {{\n{}}};\n\n}}  // namespace\n\n"
      "void Model::save(uint8_t* to) noexcept {{\n  if (!started_) reset();\n"
      "  mote::save_lasting(arena_, kLastingParts, sizeof kLastingParts / sizeof *kLastingParts, kModelHash, to);\n}}\n\n"
      "bool Model::restore(const uint8_t* from, size_t bytes) noexcept {{\n"
      "  if (!mote::is_lasting(from, bytes, kLastingBytes, kModelHash)) return false;\n  if (!started_) reset();\n"
      "  mote::restore_lasting(arena_, kLastingParts, sizeof kLastingParts / sizeof *kLastingParts, from);\n  return "
      "true;\n}}\n\n",
      parts);
}

std::string define_teach(const Plan& plan) {
  std::string text = "bool Model::teach(int32_t label) noexcept {\n  if (!started_) reset();\n  bool taught = true;\n";
  for (const Step& step : plan.steps) {
    if (step.call.teach_function.empty()) continue;
    std::string arguments = "label";
    for (const int i : step.call.teach_inputs) {
      const TensorId id = plan.graph.nodes[step.node].inputs[static_cast<std::size_t>(i)];
      arguments += fmt::format(", at<{}>({})", type_in_c(plan.graph.tensor(id).type),
                               plan.memory.tensor_offsets[static_cast<std::size_t>(id)]);
    }
    text += fmt::format("  taught = mote::{}<L{}>({}) && taught;\n", step.call.teach_function, step.node, arguments);
  }
  return text + "  return taught;\n}\n\n";
}

}  // namespace

bool has_state(const Graph& graph) {
  return std::any_of(graph.tensors.begin(), graph.tensors.end(), [](const Tensor& tensor) { return tensor.is_state; });
}

std::int64_t lasting_bytes(const Plan& plan) {
  std::int64_t bytes = 0;
  for (const std::size_t i : states_of(plan, true)) bytes += plan.graph.tensors[i].bytes();
  return bytes > 0 ? kAroundBytes + bytes : 0;
}

bool learns(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return !step.call.teach_function.empty(); });
}

std::string declare_state_functions(const Plan& plan) {
  if (!has_state(plan.graph)) {
    return "\n  /// This model keeps no state.\n  void reset() noexcept {}\n  void restart() noexcept {}\n";
  }
  const std::int64_t bytes = lasting_bytes(plan);
  std::string text = "\n  /// Forgets all earlier inferences.\n  void reset() noexcept;\n";
  text += bytes > 0 ? "  /// Forgets what a gap in the signal ends; what was learned stays.\n"
                    : "  /// The same: no state outlasts a gap in the signal.\n";
  text += "  void restart() noexcept;\n";
  if (bytes > 0) {
    text += fmt::format(
        "\n  static constexpr size_t kLastingBytes = {};\n"
        "  /// Writes what was learned, kLastingBytes.\n  void save(uint8_t* to) noexcept;\n"
        "  /// Reads what save() wrote. False, with nothing changed, where it is of another model or damaged.\n"
        "  bool restore(const uint8_t* from, size_t bytes) noexcept;\n",
        bytes);
  }
  if (learns(plan)) {
    text +=
        "\n  /// Learns that the last run was of class `label`. False, with nothing changed, where there is no such class.\n"
        "  bool teach(int32_t label) noexcept;\n";
  }
  return text;
}

std::string define_state_functions(const Plan& plan, Tables& tables) {
  if (!has_state(plan.graph)) return "";
  std::string text = "void Model::restart() noexcept {\n";
  for (const std::size_t i : states_of(plan, false)) text += set_to_initial(plan, i, tables);
  text += "}\n\nvoid Model::reset() noexcept {\n  restart();\n";
  for (const std::size_t i : states_of(plan, true)) text += set_to_initial(plan, i, tables);
  text += "  started_ = true;\n}\n\n";
  if (lasting_bytes(plan) > 0) text += define_save_and_restore(plan);
  if (learns(plan)) text += define_teach(plan);
  return text;
}

std::string declare_c_state_functions(const Plan& plan, const std::string& name) {
  std::string text = fmt::format(
      "/* Forgets all earlier inferences. */\nvoid {0}_reset({0}_model* model);\n"
      "/* Forgets what a gap in the signal ends; what was learned stays. */\nvoid {0}_restart({0}_model* model);\n",
      name);
  if (const std::int64_t bytes = lasting_bytes(plan); bytes > 0) {
    text += fmt::format(
        "/* Writes what was learned, {2}_LASTING_BYTES. */\n#define {2}_LASTING_BYTES {1}\nvoid {0}_save({0}_model* model, "
        "uint8_t* to);\n"
        "/* Reads it back; false, with nothing changed, where it is of another model or damaged. */\n"
        "bool {0}_restore({0}_model* model, const uint8_t* from, size_t bytes);\n",
        name, bytes, upper_case(name));
  }
  if (learns(plan)) {
    text += fmt::format(
        "/* Learns that the last run was of class `label`; false where there is no such class. */\n"
        "bool {0}_teach({0}_model* model, int32_t label);\n",
        name);
  }
  return text;
}

std::string define_c_state_functions(const Plan& plan, const std::string& name) {
  const auto define = [&](std::string_view result, std::string_view function, std::string_view parameters,
                          std::string_view arguments) {
    return fmt::format("{2} {0}_{3}({0}_model* model{4}) {{ {1}reinterpret_cast<{0}::Model*>(model)->{3}({5}); }}\n", name,
                       result == "void" ? "" : "return ", result, function, parameters, arguments);
  };
  std::string text = define("void", "reset", "", "") + define("void", "restart", "", "");
  if (lasting_bytes(plan) > 0) {
    text += define("void", "save", ", uint8_t* to", "to");
    text += define("bool", "restore", ", const uint8_t* from, size_t bytes", "from, bytes");
  }
  if (learns(plan)) text += define("bool", "teach", ", int32_t label", "label");
  return text;
}

}  // namespace mote
