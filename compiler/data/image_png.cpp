#include <memory>

#include <png.h>

#include "data/image_formats.hpp"
#include "support/error.hpp"

namespace mote {

Image decode_png(std::span<const std::uint8_t> bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, decltype(&png_image_free)> owner(&png, png_image_free);
  const auto require = [&](int done) {
    if (done == 0 || PNG_IMAGE_FAILED(png)) throw Error(fmt::format("damaged PNG image: {}", png.message));
  };
  require(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()));
  require_image_size(png.width, png.height);
  const bool colour = (png.format & PNG_FORMAT_FLAG_COLOR) != 0;
  // With transparency, so that libpng asks for no background.
  png.format = colour ? PNG_FORMAT_RGBA : PNG_FORMAT_GA;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  require(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr));
  const std::size_t channels = colour ? 3 : 1;
  Image image{static_cast<int>(png.width), static_cast<int>(png.height), static_cast<int>(channels), {}};
  image.pixels.reserve(pixels.size() / (channels + 1) * channels);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (i % (channels + 1) != channels) image.pixels.push_back(pixels[i]);
  }
  return image;
}

}  // namespace mote
