// SQUARE: x * x.
// Source: TensorFlow Lite SQUARE.

#include "ops/curve.hpp"

namespace mote {

namespace {

class Square : public CurveOperator<Square> {
 public:
  static constexpr std::string_view kName = "square";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return x * x; }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Square, square)

}  // namespace mote
