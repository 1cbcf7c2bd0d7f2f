#pragma once

#include "data/image.hpp"

namespace mote {

/// Error unless an image of this size may be read.
void require_image_size(std::int64_t width, std::int64_t height);

Image decode_png(std::span<const std::uint8_t> bytes);
Image decode_jpeg(std::span<const std::uint8_t> bytes);
Image decode_bmp(std::span<const std::uint8_t> bytes);
Image decode_pnm(std::span<const std::uint8_t> bytes);

}  // namespace mote
