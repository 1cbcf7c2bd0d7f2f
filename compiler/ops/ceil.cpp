// CEIL: the smallest whole number that is not below x.
// Source: TensorFlow Lite CEIL.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Ceil : public CurveOperator<Ceil> {
 public:
  static constexpr std::string_view kName = "ceil";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return std::ceil(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Ceil, ceil)

}  // namespace mote
