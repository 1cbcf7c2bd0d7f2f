// MISH: x * tanh(log(1 + exp(x))).
// Source: ONNX Mish.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Mish : public CurveOperator<Mish> {
 public:
  static constexpr std::string_view kName = "mish";

  static float at(float x) { return x * std::tanh(std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x)))); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Mish, mish)

}  // namespace mote
