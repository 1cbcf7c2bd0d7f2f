// SELU: gamma * x, below 0 gamma * alpha * (exp(x) - 1). With gamma 1 it is ELU with any alpha.
// Source: ONNX Selu and Elu.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Selu : public CurveOperator<Selu> {
 public:
  static constexpr std::string_view kName = "selu";

  float alpha = 1.6732632F, gamma = 1.0507010F;

  template <typename V>
  void fields(V& v) {
    v.visit("alpha", alpha);
    v.visit("gamma", gamma);
  }

  float at(float x) const { return gamma * (x > 0.0F ? x : alpha * (std::exp(x) - 1.0F)); }
  void describe(KernelCall& call) const { call.real("alpha", alpha).real("gamma", gamma); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Selu, selu)

}  // namespace mote
