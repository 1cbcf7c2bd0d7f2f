#include "graph/print.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "graph/operator.hpp"

namespace mote {

namespace {

class Printer : public AttributeVisitor {
 public:
  void visit(std::string_view name, bool& value) override { put(name, value ? "true" : "false"); }
  void visit(std::string_view name, std::int32_t& value) override { put(name, fmt::to_string(value)); }
  void visit(std::string_view name, float& value) override { put(name, fmt::format("{}", value)); }
  void visit(std::string_view name, std::vector<std::int32_t>& value) override {
    put(name, fmt::format("[{}]", fmt::join(value, ",")));
  }
  void visit(std::string_view name, Activation& value) override { put(name, kActivationNames[static_cast<std::size_t>(value)]); }
  void visit(std::string_view name, Padding& value) override {
    switch (value.kind) {
      case Padding::Kind::kSame:
        return put(name, "same");
      case Padding::Kind::kValid:
        return put(name, "valid");
      case Padding::Kind::kGiven:
        return put(name, fmt::format("{},{},{},{}", value.top, value.left, value.bottom, value.right));
    }
  }
  std::string text;

 private:
  void put(std::string_view name, std::string_view value) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  }
};

/// Names are quoted, so that any byte may stand in them.
std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string ids(const std::vector<TensorId>& list) {
  std::vector<std::string> words;
  for (const TensorId id : list) words.push_back(id == kNoTensor ? "-" : fmt::format("%{}", id));
  return fmt::format("({})", fmt::join(words, " "));
}

std::string print_tensor(std::size_t index, const Tensor& tensor, std::size_t constant_limit_bytes) {
  std::string line = fmt::format("tensor %{} {} {} {}", index, type_name(tensor.type),
                                 tensor.shape.empty() ? "scalar" : to_string(tensor.shape), quoted(tensor.name));
  if (!tensor.quantization.empty()) {
    line += fmt::format(" scale=[{}] zero_point=[{}]", fmt::join(tensor.quantization.scales, ","),
                        fmt::join(tensor.quantization.zero_points, ","));
    if (tensor.quantization.axis != 0) line += fmt::format(" axis={}", tensor.quantization.axis);
  }
  if (!tensor.file_axes.empty()) line += fmt::format(" file_axes=[{}]", fmt::join(tensor.file_axes, ","));
  if (tensor.is_state) line += " state";
  if (tensor.initial != nullptr) line += fmt::format("={:02x}", fmt::join(*tensor.initial, ""));
  if (tensor.lasting) line += " lasting";
  if (tensor.is_constant()) {
    const auto& data = *tensor.data;
    if (data.size() <= constant_limit_bytes) {
      line += fmt::format(" constant={:02x}", fmt::join(data, ""));
    } else {
      line += fmt::format(" constant={}_bytes_{:016x}", data.size(), XXH64(data.data(), data.size(), 0));
    }
  }
  return line + "\n";
}

std::string print_source(const Source& source) {
  std::string line = "source";
  const auto put = [&](std::string_view name, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, SampleFormat>) {
      line += fmt::format(" {}={}", name, info_of(value).name);
    } else {
      line += fmt::format(" {}={}", name, value);
    }
  };
  visit_fields(source, put);
  line += "\n";
  for (const std::string& name : source.event_names) line += fmt::format("event {}\n", quoted(name));
  return line;
}

}  // namespace

std::string print_attributes(const Operator& op) {
  Printer printer;
  op.clone()->visit_attributes(printer);
  return printer.text;
}

std::string print_graph(const Graph& graph, std::size_t constant_limit_bytes) {
  std::string text = fmt::format("graph {}\n", quoted(graph.name));
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) text += print_tensor(i, graph.tensors[i], constant_limit_bytes);
  text += fmt::format("inputs {}\n", ids(graph.inputs));
  for (const Node& node : graph.nodes) {
    const std::string attributes = print_attributes(*node.op);
    text += fmt::format("node {} {} {} -> {}{}{}\n", node.op->name(), quoted(node.name), ids(node.inputs), ids(node.outputs),
                        attributes.empty() ? "" : " ", attributes);
  }
  text += fmt::format("outputs {}\n", ids(graph.outputs));
  if (graph.source) text += print_source(*graph.source);
  for (const std::string& label : graph.labels) text += fmt::format("label {}\n", quoted(label));
  return text;
}

}  // namespace mote
