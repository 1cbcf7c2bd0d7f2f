#include "codegen/write_source.hpp"

#include <cstring>
#include <map>
#include <set>

#include <fmt/ranges.h>

#include "codegen/write_c_header.hpp"
#include "codegen/write_header.hpp"
#include "ops/evaluate.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

template <typename T>
void append_values(const std::vector<std::uint8_t>& bytes, std::string& text) {
  constexpr std::size_t kLineWidth = 120;
  std::size_t line = text.size();
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, &bytes[i], sizeof(T));
    if (text.size() - line > kLineWidth) {
      text += "\n    ";
      line = text.size();
    }
    if constexpr (std::is_same_v<T, float>) {
      text += float_literal(value);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      fmt::format_to(std::back_inserter(text), "UINT64_C({})", value);
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
      fmt::format_to(std::back_inserter(text), "{}U", value);
    } else if constexpr (sizeof(T) == 8) {
      text += value == INT64_MIN ? "INT64_MIN" : fmt::format("INT64_C({})", value);
    } else if (sizeof(T) == 4 && static_cast<std::int64_t>(value) == INT32_MIN) {
      text += "INT32_MIN";
    } else {
      fmt::format_to(std::back_inserter(text), "{}", value);
    }
    text += ',';
  }
}

/// The values of a list, with a comma behind each.
void append_any(DataType type, const std::vector<std::uint8_t>& bytes, std::string& text) {
  switch (type) {
    case DataType::kFloat32:
      append_values<float>(bytes, text);
      break;
    case DataType::kInt8:
      append_values<std::int8_t>(bytes, text);
      break;
    case DataType::kInt16:
      append_values<std::int16_t>(bytes, text);
      break;
    case DataType::kInt32:
      append_values<std::int32_t>(bytes, text);
      break;
    case DataType::kInt64:
      append_values<std::int64_t>(bytes, text);
      break;
    case DataType::kUint8:
    case DataType::kBool:
      append_values<std::uint8_t>(bytes, text);
      break;
    case DataType::kUint32:
      append_values<std::uint32_t>(bytes, text);
      break;
    case DataType::kUint64:
      append_values<std::uint64_t>(bytes, text);
      break;
  }
}

/// Tables of the model, each distinct content once.
class Tables {
 public:
  /// The name under which the source refers to it.
  std::string add(const PackedConstant& constant, std::size_t layer) {
    const auto [found, is_new] = names_.try_emplace({constant.type, constant.bytes}, fmt::format("l{}_{}", layer, constant.name));
    if (is_new) define(constant, found->second);
    return found->second;
  }
  const std::string& text() const { return text_; }

 private:
  void define(const PackedConstant& constant, const std::string& name) {
    text_ += fmt::format("alignas(4) const {} {}[] = {{\n    ", type_in_c(constant.type), name);
    append_any(constant.type, constant.bytes, text_);
    text_ += "\n};\n";
  }

  std::map<std::pair<DataType, std::vector<std::uint8_t>>, std::string> names_;
  std::string text_;
};

/// Descriptors by layer; a layer whose constants another has already is an alias of it.
class Specs {
 public:
  void add(const KernelCall& call, std::size_t layer) {
    const std::string body = spec_text(call);
    const auto [found, is_new] = first_.try_emplace(body, layer);
    text_ +=
        is_new ? fmt::format("struct L{} {{\n{}}};\n", layer, body) : fmt::format("using L{} = L{};\n", layer, found->second);
  }
  const std::string& text() const { return text_; }

 private:
  std::map<std::string, std::size_t> first_;
  std::string text_;
};

std::string argument_text(const Plan& plan, const Step& step, const KernelArgument& argument, Tables& tables) {
  const Node& node = plan.graph.nodes[step.node];
  const auto place = [&](TensorId id) {
    const auto offset = plan.memory.tensor_offsets[static_cast<std::size_t>(id)];
    MOTE_CHECK(offset >= 0);
    return fmt::format("at<{}>({})", type_in_c(plan.graph.tensor(id).type), offset);
  };
  switch (argument.kind) {
    case KernelArgument::Kind::kInput:
      return place(node.inputs[static_cast<std::size_t>(argument.index)]);
    case KernelArgument::Kind::kOutput:
      return place(node.outputs[static_cast<std::size_t>(argument.index)]);
    case KernelArgument::Kind::kConstant:
      return tables.add(step.call.constants[static_cast<std::size_t>(argument.index)], step.node);
    case KernelArgument::Kind::kScratch:
      if (plan.memory.scratch_offsets[step.node] == MemoryPlan::kOnStack) return "scratch";
      return fmt::format("at<uint8_t>({})", plan.memory.scratch_offsets[step.node]);
    case KernelArgument::Kind::kNull:
      return "nullptr";
  }
  return {};
}

/// The one value that all elements of a state begin with; empty when they differ.
std::vector<std::uint8_t> common_value(const Tensor& tensor, const std::vector<std::uint8_t>& initial) {
  const auto size = static_cast<std::ptrdiff_t>(type_bytes(tensor.type));
  std::vector<std::uint8_t> first(initial.begin(), initial.begin() + size);
  for (auto at = initial.begin(); at != initial.end(); at += size)
    if (!std::equal(first.begin(), first.end(), at)) return {};
  return first;
}

std::string write_reset(const Plan& plan, Tables& tables) {
  std::string text = "void Model::reset() noexcept {\n";
  for (std::size_t i = 0; i < plan.graph.tensors.size(); ++i) {
    const Tensor& tensor = plan.graph.tensors[i];
    if (!tensor.is_state || plan.memory.tensor_offsets[i] < 0) continue;
    const std::vector<std::uint8_t> initial = initial_state(tensor);
    const std::string place = fmt::format("at<{}>({})", type_in_c(tensor.type), plan.memory.tensor_offsets[i]);
    if (const std::vector<std::uint8_t> value = common_value(tensor, initial); !value.empty()) {
      std::string literal;
      append_any(tensor.type, value, literal);
      literal.pop_back();
      text += fmt::format("  for (size_t i = 0; i < {}; ++i) {}[i] = {};\n", tensor.elements(), place, literal);
    } else {
      const std::string table = tables.add({fmt::format("state{}", i), tensor.type, initial}, 0);
      text += fmt::format("  memcpy({}, {}, sizeof {});\n", place, table, table);
    }
  }
  return text + "  started_ = true;\n}\n\n";
}

}  // namespace

std::string write_source(const Plan& plan, const std::string& name) {
  Tables tables;
  Specs specs;
  std::string run;
  std::set<std::string> headers{"kernel"};
  std::int64_t stack_scratch = 0;
  for (const Step& step : plan.steps) {
    const Node& node = plan.graph.nodes[step.node];
    specs.add(step.call, step.node);
    for (const std::string& header : step.call.headers()) headers.insert(header);
    if (plan.memory.scratch_offsets[step.node] == MemoryPlan::kOnStack)
      stack_scratch = std::max(stack_scratch, step.call.scratch_bytes);
    std::vector<std::string> arguments;
    for (const KernelArgument& argument : step.call.arguments) arguments.push_back(argument_text(plan, step, argument, tables));
    run += fmt::format("  mote::{}<L{}>({});  // {}: {}\n", step.call.function, step.node, fmt::join(arguments, ", "),
                       printable(node.name), to_string(plan.graph.tensor(node.outputs[0]).shape));
  }
  std::string text = fmt::format("// Model '{}', compiled by mote {}. Generated: change the model, not this file.\n",
                                 printable(plan.graph.name), version());
  if (const auto files = plan.library_sources(); !files.empty()) {
    text +=
        "// Calls CMSIS-NN 4.0.0: its Include and CMSIS-Core's must be include directories, and these files of its Source "
        "built:\n";
    for (const std::string& file : files) text += fmt::format("//   {}\n", file);
  }
  text +=
      "#if defined(__GNUC__) && !defined(__clang__)\n"
      "#pragma GCC optimize(\"O2\", \"no-strict-aliasing\")  // the arena holds values of several types, whatever flags the "
      "firmware is built with\n"
      "#elif defined(__clang__)\n"
      "#pragma clang diagnostic ignored \"-Wunused-const-variable\"  // descriptors state more than some kernels ask for\n"
      "#endif\n\n";
  text += fmt::format("#include \"{}.hpp\"\n#include \"{}.h\"\n\n", name, name);
  for (const std::string& header : headers) text += fmt::format("#include \"mote/{}.hpp\"\n", header);
  const bool stateful = has_state(plan.graph);
  const std::string reset = stateful ? write_reset(plan, tables) : "";
  text += fmt::format("\nnamespace {} {{\n\nnamespace {{\n\n", name);
  text += tables.text() + "\n" + specs.text() + "\n}  // namespace\n\n";
  const std::string scratch = stack_scratch > 0 ? fmt::format("  alignas(8) uint8_t scratch[{}];\n", stack_scratch) : "";
  text += fmt::format("void Model::run() noexcept {{\n{}{}{}}}\n\n", stateful ? "  if (!started_) reset();\n" : "", scratch, run);
  text += reset;
  text += fmt::format("}}  // namespace {}\n\n", name);
  return text + write_c_functions(plan, name);
}

}  // namespace mote
