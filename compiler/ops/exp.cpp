// EXP: e to the power of x.
// Source: TensorFlow Lite EXP.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Exp : public CurveOperator<Exp> {
 public:
  static constexpr std::string_view kName = "exp";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 2};

  static float at(float x) { return std::exp(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Exp, exp)

}  // namespace mote
