// FLOOR: the largest whole number that is not above x.
// Source: TensorFlow Lite FLOOR.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Floor : public CurveOperator<Floor> {
 public:
  static constexpr std::string_view kName = "floor";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return std::floor(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Floor, floor)

}  // namespace mote
