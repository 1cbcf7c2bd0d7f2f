#pragma once

#include <string_view>

#include "ops/define.hpp"

namespace mote {

/// Gives an operator the attributes that a TFLite custom operator keeps: a FlexBuffers map from their names to numbers. Error
/// when it is no such map, or when an attribute is missing, of another kind or out of range.
void read_custom_options(const tflite::Operator& op, Operator& into);

/// Base of the operators that TFLite knows as custom ones: their options carry the attributes' names.
template <typename Derived>
class CustomOperator : public OperatorBase<Derived> {
 public:
  void read(const tflite::Operator& op) { read_custom_options(op, *this); }
  void write(OptionsWriter& to) const { to.set_custom(*this); }
};

}  // namespace mote
