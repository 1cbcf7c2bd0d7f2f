// LESS_EQUAL: a <= b with broadcasting.
// Source: TensorFlow Lite LESS_EQUAL.

#include "ops/compare.hpp"

namespace mote {

namespace {

class LessEqual : public CompareOperator<LessEqual> {
 public:
  static constexpr std::string_view kName = "less_equal";

  template <typename T>
  static bool holds(T a, T b) {
    return a <= b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(LessEqual, less_equal)

}  // namespace mote
