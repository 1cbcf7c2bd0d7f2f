#include <memory>

#include <turbojpeg.h>

#include "data/image_formats.hpp"
#include "support/error.hpp"

namespace mote {

Image decode_jpeg(std::span<const std::uint8_t> bytes) {
  const auto destroy = [](void* handle) { tjDestroy(handle); };
  const std::unique_ptr<void, decltype(destroy)> decoder(tjInitDecompress(), destroy);
  MOTE_CHECK(decoder != nullptr);
  const auto require = [&](int failure) {
    if (failure != 0) throw Error(fmt::format("damaged JPEG image: {}", tjGetErrorStr2(decoder.get())));
  };
  Image image;
  int subsampling = 0;
  int colours = 0;
  const auto size = static_cast<unsigned long>(bytes.size());
  require(tjDecompressHeader3(decoder.get(), bytes.data(), size, &image.width, &image.height, &subsampling, &colours));
  require_image_size(image.width, image.height);
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) throw Error("the JPEG image is in CMYK", "save it in RGB or grey");
  image.channels = colours == TJCS_GRAY ? 1 : 3;
  image.pixels.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.channels));
  require(tjDecompress2(decoder.get(), bytes.data(), size, image.pixels.data(), image.width, 0, image.height,
                        image.channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT));
  return image;
}

}  // namespace mote
