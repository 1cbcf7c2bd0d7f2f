#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mote::test {

/// A PGM or PPM file.
inline std::string pnm(int width, int height, const std::vector<int>& values) {
  const bool colour = values.size() == static_cast<std::size_t>(3 * width * height);
  std::string text = (colour ? "P6\n" : "P5\n") + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

template <typename T>
void append_word(std::string& text, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) text += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

/// A .wav of 16-bit samples, channels interleaved. `format` 1 is PCM.
inline std::string wav(int rate, int channels, const std::vector<int>& samples, int format = 1) {
  std::string data;
  for (const int sample : samples) append_word(data, static_cast<std::int16_t>(sample));
  std::string text = "RIFF";
  append_word(text, static_cast<std::uint32_t>(36 + data.size()));
  text += "WAVEfmt ";
  append_word(text, std::uint32_t{16});
  append_word(text, static_cast<std::uint16_t>(format));
  append_word(text, static_cast<std::uint16_t>(channels));
  append_word(text, static_cast<std::uint32_t>(rate));
  append_word(text, static_cast<std::uint32_t>(2 * rate * channels));
  append_word(text, static_cast<std::uint16_t>(2 * channels));
  append_word(text, std::uint16_t{16});
  text += "data";
  append_word(text, static_cast<std::uint32_t>(data.size()));
  return text + data;
}

/// An uncompressed .bmp without a palette; `rows` from the bottom, blue first, each filled up to four bytes.
inline std::string bmp(int width, int height, int bits, const std::string& rows) {
  std::string text = "BM";
  append_word(text, static_cast<std::uint32_t>(54 + rows.size()));
  append_word(text, std::uint32_t{0});
  append_word(text, std::uint32_t{54});
  append_word(text, std::uint32_t{40});
  append_word(text, static_cast<std::int32_t>(width));
  append_word(text, static_cast<std::int32_t>(height));
  append_word(text, std::uint16_t{1});
  append_word(text, static_cast<std::uint16_t>(bits));
  text += std::string(24, '\0');
  return text + rows;
}

}  // namespace mote::test
