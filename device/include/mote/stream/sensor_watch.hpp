#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// What can be wrong with a sensor's samples; several at once.
enum SensorFault : uint8_t {
  kSensorNotANumber = 1,  ///< NaN or infinity came: replaced by the last good value of the channel
  kSensorSaturated = 2,   ///< a share of the last samples stood at an end of the range
  kSensorStuck = 4,       ///< the same value for too long
};

/// Watches a channel. L: `low`, `high` (the ends of the range), `stuck_samples` (so many equal ones are too many; 0: never) and
/// `saturated_samples` (so many at one end in a row).
template <typename L>
class SensorWatch {
 public:
  /// The sample, or what stands for it.
  float next(float sample) {
    if (!is_number(sample)) {
      not_a_number_ = true;
      return last_;
    }
    not_a_number_ = false;
    const bool at_end = sample <= L::low || sample >= L::high;
    at_end_ = at_end ? more(at_end_) : 0;
    equal_ = sample == last_ ? more(equal_) : 1;
    last_ = sample;
    return sample;
  }

  /// A set of SensorFault, 0: none. Ends as soon as samples are good again.
  uint8_t faults() const {
    uint8_t found = not_a_number_ ? kSensorNotANumber : 0;
    if (L::saturated_samples > 0 && at_end_ >= L::saturated_samples) found = static_cast<uint8_t>(found | kSensorSaturated);
    if (L::stuck_samples > 0 && equal_ >= L::stuck_samples) found = static_cast<uint8_t>(found | kSensorStuck);
    return found;
  }

 private:
  static uint32_t more(uint32_t count) { return count == UINT32_MAX ? count : count + 1; }

  float last_ = 0;
  uint32_t at_end_ = 0, equal_ = 0;
  bool not_a_number_ = false;
};

}  // namespace mote
