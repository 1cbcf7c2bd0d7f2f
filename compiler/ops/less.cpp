// LESS: a < b with broadcasting.
// Source: TensorFlow Lite LESS.

#include "ops/compare.hpp"

namespace mote {

namespace {

class Less : public CompareOperator<Less> {
 public:
  static constexpr std::string_view kName = "less";

  template <typename T>
  static bool holds(T a, T b) {
    return a < b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Less, less)

}  // namespace mote
