#include "data/image.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "data/image_formats.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// What one new pixel takes from a line of old ones: weights from the old pixel `first` on, which sum to 1.
struct Taps {
  int first = 0;
  std::vector<double> weights;
};

std::vector<Taps> taps_of(int from, int to) {
  const double ratio = static_cast<double>(from) / to;
  const double reach = std::max(ratio, 1.0);
  std::vector<Taps> all;
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * ratio;
    Taps taps{std::max(0, static_cast<int>(std::floor(centre - reach))), {}};
    double sum = 0;
    for (int p = taps.first; p < std::min(from, static_cast<int>(std::ceil(centre + reach))); ++p) {
      taps.weights.push_back(std::max(0.0, 1 - std::abs(p + 0.5 - centre) / reach));
      sum += taps.weights.back();
    }
    for (double& weight : taps.weights) weight /= sum;
    all.push_back(std::move(taps));
  }
  return all;
}

/// Lines of `length` pixels, `channels` values each, to lines of `taps.size()` pixels.
std::vector<double> resized_lines(const std::vector<double>& values, std::size_t length, std::size_t channels, const std::vector<Taps>& taps) {
  std::vector<double> result;
  result.reserve(values.size() / length * taps.size());
  for (std::size_t line = 0; line < values.size(); line += length * channels) {
    for (const Taps& each : taps) {
      for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::size_t t = 0; t < each.weights.size(); ++t)
          sum += each.weights[t] * values[line + (static_cast<std::size_t>(each.first) + t) * channels + c];
        result.push_back(sum);
      }
    }
  }
  return result;
}

/// [rows][columns][channels] to [columns][rows][channels].
std::vector<double> turned(const std::vector<double>& values, std::size_t rows, std::size_t columns, std::size_t channels) {
  std::vector<double> result;
  result.reserve(values.size());
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t row = 0; row < rows; ++row) {
      const auto pixel = values.begin() + static_cast<std::ptrdiff_t>((row * columns + column) * channels);
      result.insert(result.end(), pixel, pixel + static_cast<std::ptrdiff_t>(channels));
    }
  }
  return result;
}

}  // namespace

void require_image_size(std::int64_t width, std::int64_t height) {
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;
  if (width < 1 || height < 1) throw Error("damaged image: it has no pixels");
  if (width > kMostPixels || height > kMostPixels || width * height > kMostPixels)
    throw Error(fmt::format("the image is too large: {}x{} pixels", width, height), "make it smaller first");
}

Image decode_image(std::span<const std::uint8_t> bytes) {
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 4));
  if (start == "\x89PNG") return decode_png(bytes);
  if (start.starts_with("\xFF\xD8\xFF")) return decode_jpeg(bytes);
  if (start.starts_with("BM")) return decode_bmp(bytes);
  if (start.starts_with("P5") || start.starts_with("P6")) return decode_pnm(bytes);
  throw Error("not an image that can be read", "known: PNG, JPEG, BMP, PPM and PGM");
}

Image with_channels(const Image& image, int channels) {
  if (image.channels == channels) return image;
  Image result{image.width, image.height, channels, {}};
  const std::size_t pixels = image.pixels.size() / static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < pixels; ++i) {
    if (image.channels == 1) {
      result.pixels.insert(result.pixels.end(), 3, image.pixels[i]);
    } else {
      const std::uint8_t* rgb = &image.pixels[3 * i];
      result.pixels.push_back(static_cast<std::uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000));
    }
  }
  return result;
}

Image resized(const Image& image, int width, int height) {
  if (image.width == width && image.height == height) return image;
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::vector<double> values(image.pixels.begin(), image.pixels.end());
  const auto wide = resized_lines(values, static_cast<std::size_t>(image.width), channels, taps_of(image.width, width));
  const auto on_side = turned(wide, static_cast<std::size_t>(image.height), static_cast<std::size_t>(width), channels);
  const auto whole = resized_lines(on_side, static_cast<std::size_t>(image.height), channels, taps_of(image.height, height));
  Image result{width, height, image.channels, {}};
  for (const double value : turned(whole, static_cast<std::size_t>(width), static_cast<std::size_t>(height), channels))
    result.pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0, 255.0)));
  return result;
}

}  // namespace mote
