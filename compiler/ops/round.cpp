// ROUND: the nearest whole number, halves to the even one.
// Source: TensorFlow Lite ROUND.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Round : public CurveOperator<Round> {
 public:
  static constexpr std::string_view kName = "round";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return std::nearbyint(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Round, round)

}  // namespace mote
