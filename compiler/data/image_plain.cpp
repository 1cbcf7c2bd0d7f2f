// Formats without compression: BMP (Microsoft's DIB, headers of 40 bytes and more) and PNM (Netpbm's P5 and P6).

#include <charconv>
#include <cstring>
#include <string_view>

#include "data/image_formats.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

template <typename T>
T little_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  T value;
  std::memcpy(&value, &bytes[at], sizeof value);
  return value;
}

[[noreturn]] void refuse_cut_off() { throw Error("damaged image: the file is cut off"); }

/// Reads the words of a PNM header: numbers, spaces and comments from # to the end of the line.
class PnmHeader {
 public:
  explicit PnmHeader(std::string_view text) : text_(text) {}

  int number() {
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
      at_ = text_[at_] == '#' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
    }
    int value = 0;
    const auto [end, code] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (code != std::errc()) throw Error("damaged PNM image: a number is missing in its header");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  /// Where the pixels begin: behind one space.
  std::size_t end() const {
    if (at_ >= text_.size() || !is_space(text_[at_])) refuse_cut_off();
    return at_ + 1;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  std::string_view text_;
  std::size_t at_ = 2;  // behind P5 or P6
};

}  // namespace

Image decode_pnm(std::span<const std::uint8_t> bytes) {
  PnmHeader header({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  Image image;
  image.width = header.number();
  image.height = header.number();
  image.channels = bytes[1] == '6' ? 3 : 1;
  if (header.number() != 255) throw Error("the PNM image does not have 8 bits a value", "save it with a largest value of 255");
  require_image_size(image.width, image.height);
  const std::size_t begin = header.end();
  const std::size_t size = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.channels);
  if (bytes.size() - begin < size) refuse_cut_off();
  image.pixels.assign(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(begin + size));
  return image;
}

Image decode_bmp(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kHeaders = 54;
  if (bytes.size() < kHeaders) refuse_cut_off();
  const auto pixels_at = little_endian<std::uint32_t>(bytes, 10);
  const auto info_bytes = little_endian<std::uint32_t>(bytes, 14);
  const auto width = little_endian<std::int32_t>(bytes, 18);
  const std::int64_t signed_height = little_endian<std::int32_t>(bytes, 22);
  const auto bits = little_endian<std::uint16_t>(bytes, 28);
  const auto compression = little_endian<std::uint32_t>(bytes, 30);
  const bool plain_masks = compression == 3 && bits == 32;  // BI_BITFIELDS: the usual order of bytes is taken
  if (info_bytes < 40 || (bits != 8 && bits != 24 && bits != 32) || (compression != 0 && !plain_masks))
    throw Error("the BMP image is compressed or does not have 8, 24 or 32 bits", "save it as PNG");
  const std::int64_t height = signed_height < 0 ? -signed_height : signed_height;
  require_image_size(width, height);
  const std::size_t stride = (static_cast<std::size_t>(width) * bits + 31) / 32 * 4;
  if (pixels_at > bytes.size() || bytes.size() - pixels_at < stride * static_cast<std::size_t>(height)) refuse_cut_off();
  const std::size_t palette = 14 + static_cast<std::size_t>(info_bytes);
  if (bits == 8 && (palette > pixels_at || pixels_at - palette < 4)) throw Error("damaged BMP image: it has no palette");
  const std::size_t colours = bits == 8 ? (pixels_at - palette) / 4 : 0;

  Image image{width, static_cast<int>(height), 3, {}};
  image.pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t row = signed_height < 0 ? y : height - 1 - y;  // rows stand from the bottom unless the height is negative
    const std::size_t line = pixels_at + static_cast<std::size_t>(row) * stride;
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
      std::size_t at = line + x * bits / 8;
      if (bits == 8) {
        if (bytes[at] >= colours) throw Error("damaged BMP image: a pixel has no colour");
        at = palette + std::size_t{4} * bytes[at];
      }
      image.pixels.insert(image.pixels.end(), {bytes[at + 2], bytes[at + 1], bytes[at]});
    }
  }
  return image;
}

}  // namespace mote
