// RELU_N1_TO_1: x limited to -1..1.
// Source: TensorFlow Lite RELU_N1_TO_1.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class ReluN1To1 : public CurveOperator<ReluN1To1> {
 public:
  static constexpr std::string_view kName = "relu_n1_to_1";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static constexpr std::initializer_list<DataType> kQuantizesTo = {DataType::kInt8};

  static float at(float x) { return std::clamp(x, -1.0F, 1.0F); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ReluN1To1, relu_n1_to_1)

}  // namespace mote
