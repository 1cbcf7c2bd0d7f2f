#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

// An ONNX file as plain data. Only read_model.cpp knows protobuf. Names of values are unique within a graph and its parents.

struct OnnxGraph;

/// A constant. Types become those that a graph has: float16, bfloat16 and double become float32, unsigned integers the next larger
/// signed type (uint8 stays). Text stays text.
struct OnnxTensor {
  std::string name;
  DataType type = DataType::kFloat32;
  Shape shape;
  std::shared_ptr<const std::vector<std::uint8_t>> data;  ///< null when it holds text
  std::vector<std::string> texts;
};

struct OnnxAttribute {
  enum class Kind : std::uint8_t { kNone, kReal, kInteger, kText, kTensor, kGraph, kReals, kIntegers, kTexts };
  std::string name;
  Kind kind = Kind::kNone;
  float real = 0;
  std::int64_t integer = 0;
  std::string text;
  std::vector<float> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::shared_ptr<const OnnxTensor> tensor;
  std::shared_ptr<const OnnxGraph> graph;
  /// Inside of a function: the name of the function's attribute whose value this one takes.
  std::string reference;
};

struct OnnxNode {
  std::string name, domain, type, overload;
  /// Empty names stand for optional values that are left out.
  std::vector<std::string> inputs, outputs;
  std::vector<OnnxAttribute> attributes;

  /// "Conv 'features.0'", for messages.
  std::string title() const;
};

/// An axis of a declared shape: its extent, or -1 with the symbol that stands for it (empty when there is none).
struct OnnxAxis {
  std::int32_t extent = -1;
  std::string symbol;
};

struct OnnxValue {
  std::string name;
  /// Empty when the value is a type that graphs do not have; `type_name` tells it.
  std::optional<DataType> type;
  std::string type_name;
  /// Empty optional: not declared.
  std::optional<std::vector<OnnxAxis>> shape;
};

struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> initializers;
  std::vector<OnnxValue> inputs, outputs;
};

/// An operator that the model itself defines.
struct OnnxFunction {
  std::string domain, name, overload;
  std::vector<std::string> inputs, outputs, attributes;
  std::vector<OnnxAttribute> defaults;
  std::vector<OnnxNode> nodes;
};

struct OnnxModel {
  std::int64_t ir_version = 0;
  /// Version of each operator set; the standard one is "".
  std::map<std::string, std::int64_t> opsets;
  OnnxGraph graph;
  std::vector<OnnxFunction> functions;
};

/// The type that values of an ONNX element type have in a graph; empty when there is none.
std::optional<DataType> graph_type_of(std::int64_t element_type);

/// Reads and checks a file. Error: what is damaged or refused, and where.
OnnxModel read_onnx(std::span<const std::uint8_t> bytes);

/// "ai.onnx" and "" are one domain.
std::string_view standard_domain(std::string_view domain);

/// Replaces every call of a function of the model by its nodes. Error on functions that call themselves, and on too many nodes.
void inline_functions(OnnxModel& model);

/// Puts the nodes into an order in which they can run; those that may keep their order do. Error when values depend on themselves,
/// or two nodes make the same value.
void sort_nodes(OnnxGraph& graph);

}  // namespace mote
