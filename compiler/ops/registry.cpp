#include "ops/define.hpp"

namespace mote {

#define MOTE_OPERATOR(snake_name, TFLITE_NAME) OperatorInfo operator_info_##snake_name();
#define MOTE_OWN_OPERATOR(snake_name) OperatorInfo operator_info_##snake_name();
#include "ops/ops.inc"
#undef MOTE_OPERATOR
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
#define MOTE_OWN_OPERATOR(snake_name) made.push_back(operator_info_##snake_name());
#include "ops/ops.inc"
#undef MOTE_OPERATOR
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

const OperatorInfo* find_tflite_operator(std::int32_t builtin_code) {
  for (const OperatorInfo& each : all_operators()) {
    if (builtin_code >= 0 && each.tflite_code == builtin_code) return &each;
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

}  // namespace mote
