// ARG_MAX: where along an axis the largest value stands; the first of equal ones.
// Source: TensorFlow Lite ARG_MAX.

#include "ops/arg.hpp"

namespace mote {

namespace {

class ArgMax : public ArgOperator<ArgMax> {
 public:
  static constexpr std::string_view kName = "arg_max";
  static constexpr bool kLargest = true;

  void write(OptionsWriter& to) const { to.set(tflite::CreateArgMaxOptions(to.builder(), write_type(to.node().output().type))); }

  template <typename T>
  static bool better(T a, T b) {
    return a > b;
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ArgMax, arg_max)

}  // namespace mote
