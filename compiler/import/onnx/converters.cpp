#include "import/onnx/converters.hpp"

#include <map>
#include <utility>

namespace mote {

#define MOTE_ONNX(domain, type, function, argument) void function(NodeReader& node, std::string_view);
#include "import/onnx/converters.inc"
#undef MOTE_ONNX

std::span<const Converter> all_converters() {
#define MOTE_ONNX(domain, type, function, argument) {domain, #type, function, argument},
  static constexpr Converter kRows[] = {
#include "import/onnx/converters.inc"
  };
#undef MOTE_ONNX
  return kRows;
}

const Converter* find_converter(std::string_view domain, std::string_view type) {
  static const auto by_name = [] {
    std::map<std::pair<std::string_view, std::string_view>, const Converter*> made;
    for (const Converter& each : all_converters()) made[{each.domain, each.type}] = &each;
    return made;
  }();
  const auto found = by_name.find({domain, type});
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace mote
