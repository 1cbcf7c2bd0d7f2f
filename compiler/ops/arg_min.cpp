// ARG_MIN: where along an axis the smallest value stands; the first of equal ones.
// Source: TensorFlow Lite ARG_MIN.

#include "ops/arg.hpp"

namespace mote {

namespace {

class ArgMin : public ArgOperator<ArgMin> {
 public:
  static constexpr std::string_view kName = "arg_min";
  static constexpr bool kLargest = false;

  void write(OptionsWriter& to) const { to.set(tflite::CreateArgMinOptions(to.builder(), write_type(to.node().output().type))); }

  template <typename T>
  static bool better(T a, T b) {
    return a < b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ArgMin, arg_min)

}  // namespace mote
