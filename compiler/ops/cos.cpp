// COS: the cosine of radians.
// Source: TensorFlow Lite COS.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Cos : public CurveOperator<Cos> {
 public:
  static constexpr std::string_view kName = "cos";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return std::cos(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Cos, cos)

}  // namespace mote
