#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ops/kernel_call.hpp"
#include "tflite_generated.h"

namespace mote {

/// The version of a TFLite operator from which on it takes tensors of a type; 1 when it always did.
struct VersionsByType {
  std::int32_t int8 = 1, int16 = 1;
};

/// Takes what an operator stores in a TFLite file besides its tensors: its options table, and the version of the operator that it
/// needs.
class OptionsWriter {
 public:
  OptionsWriter(flatbuffers::FlatBufferBuilder& builder, const NodeView& node) : builder_(builder), node_(node) {}
  flatbuffers::FlatBufferBuilder& builder() { return builder_; }
  /// The node that is written, for options that repeat what its tensors say.
  const NodeView& node() const { return node_; }

  template <typename Options>
  void set(flatbuffers::Offset<Options> table) {
    type_ = static_cast<tflite::BuiltinOptions>(tflite::BuiltinOptionsTraits<Options>::enum_value);
    table_ = table.Union();
  }
  /// The options of a custom operator: its attributes by name, and what TFLite's reader wants to find `besides`.
  void set_custom(const Operator& op, const std::vector<std::pair<std::string_view, std::int32_t>>& besides = {});
  void require_version(std::int32_t version) { version_ = std::max(version_, version); }
  /// The version that the node's inputs and outputs ask for.
  void require_versions(const VersionsByType& versions);

  /// A tensor that the operator wants besides its inputs and outputs.
  void add_intermediate(Tensor tensor) { intermediates_.push_back(std::move(tensor)); }
  /// An attribute for which TFLite has no place: it is kept in mote's notes (graph/notes.hpp).
  void keep(std::string_view attribute) { kept_.push_back(attribute); }

  tflite::BuiltinOptions type() const { return type_; }
  flatbuffers::Offset<void> table() const { return table_; }
  const std::vector<std::uint8_t>& custom() const { return custom_; }
  std::int32_t version() const { return version_; }
  const std::vector<Tensor>& intermediates() const { return intermediates_; }
  const std::vector<std::string_view>& kept() const { return kept_; }

 private:
  flatbuffers::FlatBufferBuilder& builder_;
  const NodeView& node_;
  std::int32_t version_ = 1;
  std::vector<Tensor> intermediates_;
  std::vector<std::string_view> kept_;
  tflite::BuiltinOptions type_ = tflite::BuiltinOptions_NONE;
  flatbuffers::Offset<void> table_ = 0;
  std::vector<std::uint8_t> custom_;
};

/// What the rest of the program knows of an operator without an instance of it; one row of the registry.
struct OperatorInfo {
  std::string_view name;
  /// Empty and -1 for mote's own operators. A custom operator has TFLite's code for all of these, and is known by its name.
  std::string_view tflite_name;
  std::int32_t tflite_code = -1;
  std::unique_ptr<Operator> (*make)() = nullptr;
  std::unique_ptr<Operator> (*from_tflite)(const tflite::Operator&) = nullptr;
  void (*to_tflite)(const Operator&, OptionsWriter&) = nullptr;
};

/// All operators, in the order of ops.inc.
const std::vector<OperatorInfo>& all_operators();
const OperatorInfo* find_operator(std::string_view name);
/// `custom_name`: what the file calls it if the code says that it is a custom operator.
const OperatorInfo* find_tflite_operator(std::int32_t builtin_code, std::string_view custom_name);
std::unique_ptr<Operator> make_operator(std::string_view name);

/// Base of every operator. `Derived` has: `static constexpr std::string_view kName`; `template <class V> void fields(V& v)`
/// that visits its attributes; `void read(const tflite::Operator&)` that takes them from a TFLite operator and `void
/// write(OptionsWriter&) const` that gives them back; `static constexpr VersionsByType kTfliteVersions` where types ask for one; and
/// `kRows`, a static array of Implementations.
template <typename Derived>
class OperatorBase : public Operator {
 public:
  std::string_view name() const override { return Derived::kName; }
  void visit_attributes(AttributeVisitor& visitor) override { static_cast<Derived*>(this)->fields(visitor); }
  std::unique_ptr<Operator> clone() const override { return std::make_unique<Derived>(static_cast<const Derived&>(*this)); }
  std::vector<Implementation> implementations(const NodeView&) const override {
    return {std::begin(Derived::kRows), std::end(Derived::kRows)};
  }

  // What an operator without attributes needs.
  static constexpr VersionsByType kTfliteVersions{};
  template <typename V>
  void fields(V&) {}
  void read(const tflite::Operator&) {}
  void write(OptionsWriter&) const {}

  /// The attributes of a node that is known to hold this operator.
  static const Derived& of(const NodeView& node) { return static_cast<const Derived&>(*node.node().op); }
};

/// The options table of a TFLite operator, or null when the file left it out (then attributes keep their defaults).
template <typename Options>
const Options* options(const tflite::Operator& op) {
  return op.builtin_options_as<Options>();
}

Activation read_activation(tflite::ActivationFunctionType value);
Padding read_padding(tflite::Padding value);
tflite::ActivationFunctionType write_activation(Activation value);
/// `given` has no word in TFLite: export/ has replaced it before.
tflite::Padding write_padding(const Padding& value);
tflite::TensorType write_type(DataType type);

/// Defines `operator_info_NAME()`, which the registry collects by the rows of ops.inc.
#define MOTE_DEFINE_OPERATOR(Class, snake_name)                                                      \
  OperatorInfo operator_info_##snake_name() {                                                        \
    return {Class::kName,                                                                            \
            {},                                                                                      \
            -1,                                                                                      \
            []() -> std::unique_ptr<Operator> { return std::make_unique<Class>(); },                 \
            [](const tflite::Operator& op) -> std::unique_ptr<Operator> {                            \
              auto made = std::make_unique<Class>();                                                 \
              made->read(op);                                                                        \
              return made;                                                                           \
            },                                                                                       \
            [](const Operator& op, OptionsWriter& to) {                                              \
              to.require_versions(Class::kTfliteVersions);                                           \
              static_cast<const Class&>(op).write(to);                                               \
            }};                                                                                      \
  }

}  // namespace mote
