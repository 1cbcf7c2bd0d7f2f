#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote {

/// A picture: rows from the top, pixels from the left, each of one (grey) or three (red, green, blue) bytes.
struct Image {
  int width = 0, height = 0, channels = 0;
  std::vector<std::uint8_t> pixels;
};

/// PNG, JPEG, BMP (uncompressed, 8, 24 or 32 bits) and PNM (P5, P6, 8 bits), told apart by their first bytes. Transparency is dropped,
/// more than 8 bits become 8. Error for anything else, for damaged files and for more than 2^26 pixels.
Image decode_image(std::span<const std::uint8_t> bytes);

/// One or three channels: grey is 0.299 red + 0.587 green + 0.114 blue, rounded (ITU-R BT.601); colour from grey has it three times.
Image with_channels(const Image& image, int channels);

/// Another size, the sides stretched apart. Each new pixel is the mean of those around its place, weighted by a triangle as wide as two
/// new or two old pixels, whichever is more (what is called bilinear with antialiasing), rounded.
Image resized(const Image& image, int width, int height);

}  // namespace mote
