// HARD_SIGMOID: alpha * x + beta limited to 0..1.
// Source: ONNX HardSigmoid.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class HardSigmoid : public CurveOperator<HardSigmoid> {
 public:
  static constexpr std::string_view kName = "hard_sigmoid";

  float alpha = 0.2F, beta = 0.5F;

  template <typename V>
  void fields(V& v) {
    v.visit("alpha", alpha);
    v.visit("beta", beta);
  }

  float at(float x) const { return std::clamp(alpha * x + beta, 0.0F, 1.0F); }
  void describe(KernelCall& call) const { call.real("alpha", alpha).real("beta", beta); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(HardSigmoid, hard_sigmoid)

}  // namespace mote
