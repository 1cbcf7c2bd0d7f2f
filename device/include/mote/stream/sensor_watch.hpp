#pragma once

#include "mote/float_vectors.hpp"

namespace mote {

/// What can be wrong with a sensor's samples; several at once.
enum SensorFault : uint8_t {
  kSensorNotANumber = 1,  ///< NaN or infinity came: replaced by the last good value of the channel (0 before the first)
  kSensorSaturated = 2,   ///< too many samples in a row stood at an end of the range
  kSensorStuck = 4,       ///< the same value for too long
};

/// Watches a channel. L: `Sample`; `kHasRange`, `kLowest`, `kHighest` (the ends of the range), `kSaturated` (so many samples in a row
/// at one of them are too many) and `kStuck` (so many equal ones are); 0: not watched.
template <typename L>
class SensorWatch {
 public:
  using Sample = typename L::Sample;
  static constexpr bool kChecksNumbers = static_cast<Sample>(0.5F) != 0;
  static constexpr bool kWatches = kChecksNumbers || L::kSaturated > 0 || L::kStuck > 0;

  /// The sample, or what stands for it.
  Sample next(Sample sample) {
    if (kChecksNumbers && !is_number(static_cast<float>(sample))) {
      faults_ = static_cast<uint8_t>(faults_ | kSensorNotANumber);
      return last_;
    }
    if (L::kSaturated > 0) {
      at_end_ = L::kHasRange && (sample <= L::kLowest || sample >= L::kHighest) ? more(at_end_) : 0;
      if (at_end_ >= L::kSaturated) faults_ = static_cast<uint8_t>(faults_ | kSensorSaturated);
    }
    if (L::kStuck > 0) {
      equal_ = equal_ > 0 && sample == last_ ? more(equal_) : 1;
      if (equal_ >= L::kStuck) faults_ = static_cast<uint8_t>(faults_ | kSensorStuck);
    }
    last_ = sample;
    return sample;
  }

  /// A set of SensorFault: what was wrong with any sample since it was asked last.
  uint8_t take_faults() {
    const uint8_t faults = faults_;
    faults_ = 0;
    return faults;
  }

 private:
  static uint32_t more(uint32_t count) { return count == UINT32_MAX ? count : count + 1; }

  Sample last_ = 0;
  uint32_t at_end_ = 0, equal_ = 0;
  uint8_t faults_ = 0;
};

}  // namespace mote
