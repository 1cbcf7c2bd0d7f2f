// Images and sounds, and how they become a model's input; the first byte chooses.

#include "data/image_input.hpp"
#include "data/sound_input.hpp"
#include "fuzz/fuzz.hpp"

namespace mote::fuzz {
namespace {

Tensor input_of(Shape shape) {
  Tensor tensor;
  tensor.name = "in";
  tensor.shape = std::move(shape);
  return tensor;
}

void take_image(std::span<const std::uint8_t> bytes) {
  static const ImageInput input = image_input_of(input_of({1, 5, 4, 3}), {});
  const Image image = decode_image(bytes);
  MOTE_CHECK(image.pixels.size() == static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.channels));
  if (image.pixels.size() < 1 << 20) MOTE_CHECK(static_cast<std::int64_t>(image_bytes(image, input).size()) == input.tensor.bytes());
}

void take_sound(std::span<const std::uint8_t> bytes) {
  static const SoundInput input = sound_input_of(input_of({1, 2000}), {});
  const Sound sound = decode_wav(bytes);
  MOTE_CHECK(sound.sample_rate > 0 && !sound.samples.empty());
  sound_bytes(sound, input);
}

}  // namespace
}  // namespace mote::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  return mote::fuzz::attempt([&] { (data[0] & 1) != 0 ? mote::fuzz::take_sound({data + 1, size - 1}) : mote::fuzz::take_image({data + 1, size - 1}); });
}
