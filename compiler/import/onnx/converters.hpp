#pragma once

#include <span>
#include <string_view>

namespace mote {

class NodeReader;

/// One row of converters.inc: what turns nodes of this type into operators.
struct Converter {
  std::string_view domain, type;
  /// `argument`: the row's own, the name of mote's operator as a rule.
  void (*convert)(NodeReader& node, std::string_view argument);
  std::string_view argument;
};

std::span<const Converter> all_converters();
/// Null when there is none.
const Converter* find_converter(std::string_view domain, std::string_view type);

}  // namespace mote
