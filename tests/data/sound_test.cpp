#include "data/sound.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "data/media.hpp"

namespace mote::test {
namespace {

std::string problem(const std::string& file) {
  return error_of([&] { decode_wav(bytes_of(file)); });
}

TEST(Sound, SixteenBitsBecomeMinusOneToOne) {
  const Sound sound = decode_wav(bytes_of(wav(8000, 1, {0, 16384, -32768})));
  EXPECT_EQ(sound.sample_rate, 8000);
  EXPECT_EQ(sound.samples, (std::vector<float>{0, 0.5F, -1}));
}

TEST(Sound, ChannelsBecomeTheirMean) {
  EXPECT_EQ(decode_wav(bytes_of(wav(16000, 2, {0, 16384, -16384, -16384}))).samples, (std::vector<float>{0.25F, -0.5F}));
}

TEST(Sound, WhatIsNoSoundIsRefused) {
  EXPECT_TRUE(contains(problem(""), "not a .wav file"));
  EXPECT_TRUE(contains(problem("OggS and more of it"), "not a .wav file"));
  EXPECT_TRUE(contains(problem("RIFF\0\0\0\0WAVE"), "not a .wav file")) << "a C string ends at its first zero";
  EXPECT_TRUE(contains(problem(std::string("RIFF\x04\0\0\0WAVE", 12)), "cannot be read"));
  EXPECT_TRUE(contains(problem(wav(8000, 1, {1, 2}, 0x7777)), "cannot be read"));
  EXPECT_TRUE(contains(problem(wav(8000, 1, {})), "the sound is empty"));
}

TEST(Sound, EveryTruncationIsRefusedOrRead) {
  const std::string file = wav(8000, 2, {1, 2, 3, 4, 5, 6});
  for (std::size_t size = 0; size < file.size(); ++size) {
    try {
      EXPECT_FALSE(decode_wav(bytes_of(file.substr(0, size))).samples.empty());
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace mote::test
