// SOFTPLUS: log(1 + exp(x)).
// Source: ONNX Softplus.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Softplus : public CurveOperator<Softplus> {
 public:
  static constexpr std::string_view kName = "softplus";

  static float at(float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x))); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Softplus, softplus)

}  // namespace mote
