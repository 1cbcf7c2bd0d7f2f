// NOT_EQUAL: a != b with broadcasting.
// Source: TensorFlow Lite NOT_EQUAL.

#include "ops/compare.hpp"

namespace mote {

namespace {

class NotEqual : public CompareOperator<NotEqual> {
 public:
  static constexpr std::string_view kName = "not_equal";

  template <typename T>
  static bool holds(T a, T b) {
    return a != b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(NotEqual, not_equal)

}  // namespace mote
