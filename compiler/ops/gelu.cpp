// GELU: x times the normal distribution's share below x, exactly or by the usual approximation with tanh.
// Source: TensorFlow Lite GELU.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Gelu : public CurveOperator<Gelu> {
 public:
  static constexpr std::string_view kName = "gelu";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static constexpr std::initializer_list<DataType> kQuantizesTo = {DataType::kInt8};

  bool approximate = false;

  template <typename V>
  void fields(V& v) {
    v.visit("approximate", approximate);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::GeluOptions>(op)) approximate = given->approximate();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateGeluOptions(to.builder(), approximate)); }

  float at(float x) const {
    if (!approximate) return 0.5F * x * (1.0F + std::erf(x * kRootOfHalf));
    return 0.5F * x * (1.0F + std::tanh(kRootOfTwoOverPi * (x + 0.044715F * x * x * x)));
  }
  void describe(KernelCall& call) const { call.flag("approximate", approximate); }

 private:
  static constexpr float kRootOfHalf = 0.70710678F;
  static constexpr float kRootOfTwoOverPi = 0.79788456F;
};

}  // namespace

MOTE_DEFINE_OPERATOR(Gelu, gelu)

}  // namespace mote
