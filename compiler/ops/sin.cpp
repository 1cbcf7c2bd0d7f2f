// SIN: the sine of radians.
// Source: TensorFlow Lite SIN.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Sin : public CurveOperator<Sin> {
 public:
  static constexpr std::string_view kName = "sin";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return std::sin(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Sin, sin)

}  // namespace mote
