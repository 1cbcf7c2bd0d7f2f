// EQUAL: a == b with broadcasting.
// Source: TensorFlow Lite EQUAL.

#include "ops/compare.hpp"

namespace mote {

namespace {

class Equal : public CompareOperator<Equal> {
 public:
  static constexpr std::string_view kName = "equal";

  template <typename T>
  static bool holds(T a, T b) {
    return a == b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Equal, equal)

}  // namespace mote
