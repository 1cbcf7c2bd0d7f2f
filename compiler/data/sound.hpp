#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote {

/// Sound of one channel, samples from -1 to 1.
struct Sound {
  int sample_rate = 0;
  std::vector<float> samples;
};

/// A .wav of any encoding that libsndfile reads; several channels become their mean. Error for anything else, for damaged files, for
/// what holds no samples and for more than 2^28 of them.
Sound decode_wav(std::span<const std::uint8_t> bytes);

}  // namespace mote
