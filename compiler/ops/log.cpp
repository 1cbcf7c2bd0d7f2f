// LOG: the natural logarithm.
// Source: TensorFlow Lite LOG.

#include <cmath>

#include "ops/curve.hpp"

namespace mote {

namespace {

class Log : public CurveOperator<Log> {
 public:
  static constexpr std::string_view kName = "log";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 2};
  static constexpr float kFirst = 0.0F;

  static float at(float x) { return std::log(x); }
};

}  // namespace

MOTE_DEFINE_OPERATOR(Log, log)

}  // namespace mote
