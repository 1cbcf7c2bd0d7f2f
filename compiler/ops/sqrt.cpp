// SQRT: the square root.
// Source: TensorFlow Lite SQRT.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Sqrt : public CurveOperator<Sqrt> {
 public:
  static constexpr std::string_view kName = "sqrt";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};
  static constexpr float kFirst = 0.0F;

  static float at(float x) { return std::sqrt(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Sqrt, sqrt)

}  // namespace mote
