// ELU: x, below 0 exp(x) - 1.
// Source: TensorFlow Lite ELU.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Elu : public CurveOperator<Elu> {
 public:
  static constexpr std::string_view kName = "elu";
  static constexpr std::initializer_list<DataType> kQuantizesTo = {DataType::kInt8};

  static float at(float x) { return x < 0.0F ? std::exp(x) - 1.0F : x; }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Elu, elu)

}  // namespace mote
