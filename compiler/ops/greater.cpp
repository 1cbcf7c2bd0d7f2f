// GREATER: a > b with broadcasting.
// Source: TensorFlow Lite GREATER.

#include "ops/compare.hpp"

namespace mote {

namespace {

class Greater : public CompareOperator<Greater> {
 public:
  static constexpr std::string_view kName = "greater";

  template <typename T>
  static bool holds(T a, T b) {
    return a > b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Greater, greater)

}  // namespace mote
