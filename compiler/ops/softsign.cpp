// SOFTSIGN: x / (1 + |x|).
// Source: ONNX Softsign.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Softsign : public CurveOperator<Softsign> {
 public:
  static constexpr std::string_view kName = "softsign";

  static float at(float x) { return x / (1.0F + std::abs(x)); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Softsign, softsign)

}  // namespace mote
