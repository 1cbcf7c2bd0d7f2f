// ERF: the Gauss error function.
// Source: ONNX Erf.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Erf : public CurveOperator<Erf> {
 public:
  static constexpr std::string_view kName = "erf";

  static float at(float x) { return std::erf(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Erf, erf)

}  // namespace mote
