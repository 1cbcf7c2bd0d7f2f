#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "graph/types.hpp"

namespace mote {

/// The clamp or curve that TFLite fuses into an operator.
enum class Activation : std::uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kTanh, kSignBit };

inline constexpr std::array<std::string_view, 6> kActivationNames{"none", "relu", "relu_n1_to_1", "relu6", "tanh", "sign_bit"};

/// Padding of a window operator. `same` and `valid` follow TensorFlow's rule; `given` states the rows and columns.
struct Padding {
  enum class Kind : std::uint8_t { kSame, kValid, kGiven };
  Kind kind = Kind::kValid;
  std::int32_t top = 0, left = 0, bottom = 0, right = 0;
  bool operator==(const Padding&) const = default;
};

/// Walks over an operator's attributes, which the operator lists once. Printing, reading back and comparing are walkers.
class AttributeVisitor {
 public:
  virtual ~AttributeVisitor() = default;
  virtual void visit(std::string_view name, bool& value) = 0;
  virtual void visit(std::string_view name, std::int32_t& value) = 0;
  virtual void visit(std::string_view name, float& value) = 0;
  virtual void visit(std::string_view name, std::vector<std::int32_t>& value) = 0;
  virtual void visit(std::string_view name, Activation& value) = 0;
  virtual void visit(std::string_view name, Padding& value) = 0;
};

}  // namespace mote
