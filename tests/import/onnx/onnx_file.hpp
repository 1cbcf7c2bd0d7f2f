#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace mote::test {

/// A protocol buffer message as bytes, field by field: ONNX files for tests, sound or not.
class Message {
 public:
  Message& integer(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& bytes(int field, const std::string& value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(value.size());
    text_ += value;
    return *this;
  }
  Message& message(int field, const Message& value) { return bytes(field, value.text_); }
  Message& real(int field, float value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 5);
    char four[4];
    std::memcpy(four, &value, 4);
    text_.append(four, 4);
    return *this;
  }
  const std::string& text() const { return text_; }
  std::vector<std::uint8_t> file() const { return {text_.begin(), text_.end()}; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) text_ += static_cast<char>(value | 128);
    text_ += static_cast<char>(value);
  }
  std::string text_;
};

// Element types.
inline constexpr int kFloat = 1, kUint8Element = 2, kInt64Element = 7, kFloat16 = 10, kDouble = 11;

/// A constant; `raw` as little-endian bytes.
inline Message tensor(const std::string& name, int type, const std::vector<std::int64_t>& dims, const std::string& raw) {
  Message made;
  for (const std::int64_t dim : dims) made.integer(1, dim);
  return made.integer(2, type).bytes(8, name).bytes(9, raw);
}

template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// An extent, or the symbol that stands for it.
struct Dim {
  Dim(int extent) : extent(extent) {}             // NOLINT
  Dim(const char* symbol) : symbol(symbol) {}     // NOLINT
  std::int64_t extent = 0;
  std::string symbol;
};

inline Message value(const std::string& name, const std::vector<Dim>& dims, int type = kFloat) {
  Message shape;
  for (const Dim& dim : dims) shape.message(1, dim.symbol.empty() ? Message().integer(1, dim.extent) : Message().bytes(2, dim.symbol));
  const Message tensor_type = Message().integer(1, type).message(2, shape);
  return Message().bytes(1, name).message(2, Message().message(1, tensor_type));
}

inline Message attribute(const std::string& name, std::int64_t value) { return Message().bytes(1, name).integer(3, value).integer(20, 2); }
inline Message attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  Message made = Message().bytes(1, name);
  for (const std::int64_t each : values) made.integer(8, each);
  return made.integer(20, 7);
}
inline Message attribute(const std::string& name, const char* text) { return Message().bytes(1, name).bytes(4, text).integer(20, 3); }
inline Message attribute(const std::string& name, const Message& graph) { return Message().bytes(1, name).message(6, graph).integer(20, 5); }
/// Takes the value of the function's attribute `from`.
inline Message reference(const std::string& name, const std::string& from, int type) { return Message().bytes(1, name).bytes(21, from).integer(20, type); }

inline Message node(const std::string& type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                    const std::vector<Message>& attributes = {}, const std::string& domain = "") {
  Message made;
  for (const std::string& input : inputs) made.bytes(1, input);
  for (const std::string& output : outputs) made.bytes(2, output);
  made.bytes(4, type);
  for (const Message& each : attributes) made.message(5, each);
  return domain.empty() ? made : made.bytes(7, domain);
}

struct GraphParts {
  std::vector<Message> nodes, constants, inputs, outputs;
};

inline Message graph(const GraphParts& parts) {
  Message made = Message().bytes(2, "g");
  for (const Message& each : parts.nodes) made.message(1, each);
  for (const Message& each : parts.constants) made.message(5, each);
  for (const Message& each : parts.inputs) made.message(11, each);
  for (const Message& each : parts.outputs) made.message(12, each);
  return made;
}

inline std::vector<std::uint8_t> onnx_file(const GraphParts& parts, int opset = 17, const std::vector<Message>& functions = {}) {
  Message model = Message().integer(1, 8).message(7, graph(parts)).message(8, Message().bytes(1, "").integer(2, opset));
  for (const Message& function : functions) model.message(25, function);
  return model.message(8, Message().bytes(1, "local").integer(2, 1)).file();
}

}  // namespace mote::test
