// GREATER_EQUAL: a >= b with broadcasting.
// Source: TensorFlow Lite GREATER_EQUAL.

#include "ops/compare.hpp"

namespace mote {

namespace {

class GreaterEqual : public CompareOperator<GreaterEqual> {
 public:
  static constexpr std::string_view kName = "greater_equal";

  template <typename T>
  static bool holds(T a, T b) {
    return a >= b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(GreaterEqual, greater_equal)

}  // namespace mote
