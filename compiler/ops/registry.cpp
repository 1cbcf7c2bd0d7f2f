#include "ops/define.hpp"

namespace mote {

#define MOTE_OPERATOR(snake_name, TFLITE_NAME) OperatorInfo operator_info_##snake_name();
#define MOTE_CUSTOM_OPERATOR(snake_name, TFLITE_NAME) OperatorInfo operator_info_##snake_name();
#define MOTE_OWN_OPERATOR(snake_name) OperatorInfo operator_info_##snake_name();
#include "ops/ops.inc"
#undef MOTE_OPERATOR
#undef MOTE_CUSTOM_OPERATOR
#undef MOTE_OWN_OPERATOR

const std::vector<OperatorInfo>& all_operators() {
  static const std::vector<OperatorInfo> list = [] {
    std::vector<OperatorInfo> made;
    const auto add = [&](OperatorInfo info, std::string_view tflite_name, std::int32_t code) {
      info.tflite_name = tflite_name;
      info.tflite_code = code;
      made.push_back(info);
    };
#define MOTE_OPERATOR(snake_name, TFLITE_NAME) \
  add(operator_info_##snake_name(), #TFLITE_NAME, static_cast<std::int32_t>(tflite::BuiltinOperator_##TFLITE_NAME));
#define MOTE_CUSTOM_OPERATOR(snake_name, TFLITE_NAME) \
  add(operator_info_##snake_name(), #TFLITE_NAME, static_cast<std::int32_t>(tflite::BuiltinOperator_CUSTOM));
#define MOTE_OWN_OPERATOR(snake_name) made.push_back(operator_info_##snake_name());
#include "ops/ops.inc"
#undef MOTE_OPERATOR
#undef MOTE_CUSTOM_OPERATOR
#undef MOTE_OWN_OPERATOR
    return made;
  }();
  return list;
}

const OperatorInfo* find_operator(std::string_view name) {
  for (const OperatorInfo& each : all_operators()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

const OperatorInfo* find_tflite_operator(std::int32_t builtin_code, std::string_view custom_name) {
  const bool custom = builtin_code == tflite::BuiltinOperator_CUSTOM;
  for (const OperatorInfo& each : all_operators()) {
    if (builtin_code >= 0 && each.tflite_code == builtin_code && (!custom || each.tflite_name == custom_name)) return &each;
  }
  return nullptr;
}

std::unique_ptr<Operator> make_operator(std::string_view name) {
  const OperatorInfo* info = find_operator(name);
  return info == nullptr ? nullptr : info->make();
}

Activation read_activation(tflite::ActivationFunctionType value) {
  if (value < tflite::ActivationFunctionType_MIN || value > tflite::ActivationFunctionType_MAX) {
    throw Error(fmt::format("fused activation {} is unknown", static_cast<int>(value)));
  }
  return static_cast<Activation>(value);
}

Padding read_padding(tflite::Padding value) {
  if (value == tflite::Padding_SAME) return {Padding::Kind::kSame};
  if (value == tflite::Padding_VALID) return {Padding::Kind::kValid};
  throw Error(fmt::format("padding {} is unknown", static_cast<int>(value)));
}

tflite::ActivationFunctionType write_activation(Activation value) { return static_cast<tflite::ActivationFunctionType>(value); }

tflite::Padding write_padding(const Padding& value) {
  MOTE_CHECK(value.kind != Padding::Kind::kGiven);
  return value.kind == Padding::Kind::kSame ? tflite::Padding_SAME : tflite::Padding_VALID;
}

tflite::TensorType write_type(DataType type) {
  switch (type) {
    case DataType::kFloat32:
      return tflite::TensorType_FLOAT32;
    case DataType::kInt8:
      return tflite::TensorType_INT8;
    case DataType::kInt16:
      return tflite::TensorType_INT16;
    case DataType::kInt32:
      return tflite::TensorType_INT32;
    case DataType::kInt64:
      return tflite::TensorType_INT64;
    case DataType::kUint8:
      return tflite::TensorType_UINT8;
    case DataType::kBool:
      return tflite::TensorType_BOOL;
    case DataType::kUint32:
      return tflite::TensorType_UINT32;
    case DataType::kUint64:
      return tflite::TensorType_UINT64;
  }
  throw InternalError("a type without a word in TFLite", __FILE__, __LINE__);
}

void OptionsWriter::require_versions(const VersionsByType& versions) {
  const auto look_at = [&](const Tensor& tensor) {
    if (tensor.type == DataType::kInt8) require_version(versions.int8);
    if (tensor.type == DataType::kInt16) require_version(versions.int16);
  };
  for (int i = 0; i < node_.input_count(); ++i) {
    if (node_.has_input(i)) look_at(node_.input(i));
  }
  for (int i = 0; i < node_.output_count(); ++i) look_at(node_.output(i));
}

}  // namespace mote
