#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ops/kernel_call.hpp"

namespace mote {

/// Appends the values of a list as C++ literals, with a comma behind each.
void append_any(DataType type, const std::vector<std::uint8_t>& bytes, std::string& text);

/// Tables of the model, each distinct content once.
class Tables {
 public:
  /// The name under which the source refers to it.
  std::string add(const PackedConstant& constant, std::size_t layer);
  const std::string& text() const { return text_; }

 private:
  void define(const PackedConstant& constant, const std::string& name);

  std::map<std::pair<DataType, std::vector<std::uint8_t>>, std::string> names_;
  std::string text_;
};

}  // namespace mote
