#include "data/image.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "data/media.hpp"

namespace mote::test {
namespace {

using Pixels = std::vector<std::uint8_t>;

const Pixels kPng{
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02,
    0x08, 0x02, 0x00, 0x00, 0x00, 0x12, 0x16, 0xF1, 0x4D, 0x00, 0x00, 0x00, 0x1D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xF8, 0xCF, 0xC0, 0xC0,
    0xF0, 0x9F, 0x81, 0x81, 0xE1, 0x3F, 0x13, 0xB7, 0x88, 0x5C, 0xCA, 0xF4, 0x13, 0xFF, 0xFF, 0x33, 0x00, 0x00, 0x3C, 0x36, 0x06, 0xFE, 0xCC, 0x2D,
    0x19, 0x0C, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};
const Pixels kGreyJpeg{
    0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0xFF, 0xDB, 0x00, 0x43,
    0x00, 0x03, 0x02, 0x02, 0x03, 0x02, 0x02, 0x03, 0x03, 0x03, 0x03, 0x04, 0x03, 0x03, 0x04, 0x05, 0x08, 0x05, 0x05, 0x04, 0x04, 0x05, 0x0A, 0x07,
    0x07, 0x06, 0x08, 0x0C, 0x0A, 0x0C, 0x0C, 0x0B, 0x0A, 0x0B, 0x0B, 0x0D, 0x0E, 0x12, 0x10, 0x0D, 0x0E, 0x11, 0x0E, 0x0B, 0x0B, 0x10, 0x16, 0x10,
    0x11, 0x13, 0x14, 0x15, 0x15, 0x15, 0x0C, 0x0F, 0x17, 0x18, 0x16, 0x14, 0x18, 0x12, 0x14, 0x15, 0x14, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x08,
    0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xC4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x08, 0xFF, 0xC4, 0x00, 0x14, 0x10, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00, 0x3B, 0xBF, 0xFF, 0xD9};
const Pixels kColours{255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 100, 150, 200, 255, 255, 255};

std::string problem(const std::string& file) {
  return error_of([&] { decode_image(bytes_of(file)); });
}

TEST(Image, EachFormatGivesItsPixels) {
  const Image png = decode_image(kPng);
  EXPECT_EQ(png.width, 3);
  EXPECT_EQ(png.height, 2);
  EXPECT_EQ(png.channels, 3);
  EXPECT_EQ(png.pixels, kColours);
  const Image jpeg = decode_image(kGreyJpeg);
  EXPECT_EQ(jpeg.channels, 1);
  EXPECT_EQ(jpeg.pixels, Pixels(64, 77));
  EXPECT_EQ(decode_image(bytes_of(pnm(2, 1, {1, 2, 3, 4, 5, 6}))).pixels, (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(decode_image(bytes_of("P5 # a comment\n2 1 255\n" + std::string("ab"))).pixels, (Pixels{'a', 'b'}));
  const Image from_bmp = decode_image(bytes_of(bmp(1, 2, 24, std::string("\3\2\1\0\6\5\4\0", 8))));
  EXPECT_EQ(from_bmp.pixels, (Pixels{4, 5, 6, 1, 2, 3})) << "rows stand from the bottom";
  EXPECT_EQ(decode_image(bytes_of(bmp(1, -2, 24, std::string("\3\2\1\0\6\5\4\0", 8)))).pixels, (Pixels{1, 2, 3, 4, 5, 6}));
}

TEST(Image, WhatIsDamagedOrUnknownIsRefused) {
  EXPECT_TRUE(contains(problem("GIF89a"), "not an image that can be read\n  known: PNG, JPEG, BMP, PPM and PGM"));
  EXPECT_TRUE(contains(problem(""), "not an image"));
  EXPECT_TRUE(contains(problem({kPng.begin(), kPng.begin() + 50}), "damaged PNG image"));
  EXPECT_TRUE(contains(problem({kGreyJpeg.begin(), kGreyJpeg.begin() + 40}), "damaged"));
  EXPECT_TRUE(contains(problem("P5 2 2 255\nabc"), "the file is cut off"));
  EXPECT_TRUE(contains(problem("P5 2 2 65535\nabcdefgh"), "does not have 8 bits"));
  EXPECT_TRUE(contains(problem("P6 2"), "a number is missing"));
  EXPECT_TRUE(contains(problem("P5 0 2 255\n"), "it has no pixels"));
  EXPECT_TRUE(contains(problem("P5 100000 100000 255\n"), "too large: 100000x100000"));
  EXPECT_TRUE(contains(problem(bmp(2, 2, 24, "abc")), "the file is cut off"));
  EXPECT_TRUE(contains(problem(bmp(2, 2, 4, "abcdefgh")), "does not have 8, 24 or 32 bits"));
  EXPECT_TRUE(contains(problem(bmp(2, 1, 8, "abcd")), "no palette"));
  EXPECT_TRUE(contains(problem("BM"), "the file is cut off"));
}

TEST(Image, EveryTruncationIsRefusedOrRead) {
  const std::string files[] = {{kPng.begin(), kPng.end()}, {kGreyJpeg.begin(), kGreyJpeg.end()}, bmp(1, 1, 24, "abcd"), pnm(1, 1, {7})};
  for (const std::string& file : files) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      try {
        decode_image(bytes_of(file.substr(0, size)));
      } catch (const Error&) {
      }
    }
  }
}

TEST(Image, GreyIsWeighedByTheEye) {
  const Image colours{3, 2, 3, kColours};
  EXPECT_EQ(with_channels(colours, 1).pixels, (Pixels{76, 150, 29, 18, 141, 255}));
  EXPECT_EQ(with_channels({2, 1, 1, {5, 9}}, 3).pixels, (Pixels{5, 5, 5, 9, 9, 9}));
}

// Pillow's resize with BILINEAR follows the same rule and rounds once more, between the two directions.
TEST(Image, ResizingAgreesWithPillow) {
  const Image image{7, 5, 1, {121, 131, 193, 243, 8, 36, 210, 242, 63, 79, 222, 108, 69, 211, 65, 104, 164, 140, 21, 7, 221, 192, 214, 137, 209, 84, 115, 201, 31, 77, 31, 116, 250, 34, 98}};
  const auto agrees = [&](int width, int height, const std::vector<int>& expected) {
    const Image result = resized(image, width, height);
    ASSERT_EQ(result.pixels.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(result.pixels[i], expected[i], 1) << i;
  };
  agrees(3, 2, {130, 140, 108, 123, 133, 115});
  agrees(10, 9, {121, 126, 147, 190, 226, 161, 9, 29, 114, 210, 161, 132, 120, 153, 208, 168, 41, 46, 120, 210, 229, 142, 76, 90, 178, 180, 95, 73, 131, 211, 163, 118, 90, 115, 161, 145, 68, 49, 120, 215, 65, 86, 119, 161, 148, 98, 20, 11, 103, 221, 136, 152, 161, 150, 168, 135, 57, 64, 131, 210, 174, 188, 181, 129, 173, 165, 103, 105, 144, 190, 85, 105, 109, 69, 119, 164, 188, 94, 93, 132, 31, 56, 66, 33, 86, 163, 239, 88, 63, 98});
  EXPECT_EQ(resized(image, 7, 5).pixels, image.pixels);
}

TEST(Image, ChannelsAreResizedApart) {
  const Image result = resized({2, 1, 3, {0, 100, 200, 20, 120, 220}}, 1, 1);
  EXPECT_EQ(result.pixels, (Pixels{10, 110, 210}));
}

}  // namespace
}  // namespace mote::test
