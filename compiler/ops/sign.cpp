// SIGN: -1, 0 or 1.
// Source: TensorFlow Lite SIGN.

#include "ops/curve.hpp"

namespace mote {

namespace {

class Sign : public CurveOperator<Sign> {
 public:
  static constexpr std::string_view kName = "sign";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {};

  static float at(float x) { return static_cast<float>((x > 0.0F ? 1 : 0) - (x < 0.0F ? 1 : 0)); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Sign, sign)

}  // namespace mote
