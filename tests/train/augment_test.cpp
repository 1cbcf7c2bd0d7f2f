#include "train/augment.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace mote {
namespace {

/// Two 8x8 images that count up from 0 and from 100.
Batch two_images() {
  Batch batch{2, {{}}, {3, 4}};
  for (const int first : {0, 100})
    for (int i = 0; i < 64; ++i) batch.inputs[0].push_back(static_cast<float>(first + i));
  return batch;
}

const std::vector<Shape> kImage{{1, 8, 8, 1}};

TEST(Augment, TheSameBitsGiveTheSameBatch) {
  const Augmentation how{.shift = 2, .noise = 0.1, .flip = true, .mix = 0.5};
  Batch first = two_images();
  Batch second = two_images();
  RandomBits bits(7);
  RandomBits same(7);
  augment(first, kImage, {10.0}, how, bits);
  augment(second, kImage, {10.0}, how, same);
  EXPECT_EQ(first.inputs, second.inputs);
  augment(second, kImage, {10.0}, how, same);
  EXPECT_NE(first.inputs, second.inputs);
}

TEST(Augment, ShiftsRepeatTheEdgeAndStayWithinTheirBound) {
  bool moved = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Batch batch = two_images();
    RandomBits bits(seed);
    augment(batch, kImage, {1.0}, {.shift = 1, .noise = 0, .flip = false, .mix = 0}, bits);
    const float center = batch.inputs[0][3 * 8 + 3];
    const float down = std::round((27 - center) / 8);
    const float right = 27 - center - 8 * down;
    EXPECT_LE(std::abs(down), 1);
    EXPECT_LE(std::abs(right), 1);
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x) {
        const float from_y = std::clamp(static_cast<float>(y) - down, 0.0F, 7.0F);
        const float from_x = std::clamp(static_cast<float>(x) - right, 0.0F, 7.0F);
        EXPECT_EQ(batch.inputs[0][static_cast<std::size_t>(y * 8 + x)], from_y * 8 + from_x);
      }
    moved = moved || down != 0 || right != 0;
    EXPECT_EQ(batch.labels, (std::vector<std::int32_t>{3, 4}));
  }
  EXPECT_TRUE(moved);
}

TEST(Augment, MixedSamplesLieBetweenTheirsAndLoseTheLabel) {
  int mixed = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Batch batch = two_images();
    RandomBits bits(seed);
    augment(batch, kImage, {1.0}, {.shift = 0, .noise = 0, .flip = false, .mix = 1}, bits);
    for (std::size_t s = 0; s < 2; ++s) {
      const float share = batch.inputs[0][s * 64] / 100;  // of the second image
      EXPECT_GE(share, 0);
      EXPECT_LE(share, 1);
      if (share != static_cast<float>(s)) {
        EXPECT_EQ(batch.labels[s], -1);
        ++mixed;
      }
      for (std::size_t i = 0; i < 64; ++i) EXPECT_NEAR(batch.inputs[0][s * 64 + i], static_cast<float>(i) + 100 * share, 1e-3);
    }
  }
  EXPECT_GT(mixed, 5);
}

TEST(Augment, MirroredRowsRunBackwards) {
  int mirrored = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Batch batch = two_images();
    RandomBits bits(seed);
    augment(batch, kImage, {1.0}, {.shift = 0, .noise = 0, .flip = true, .mix = 0}, bits);
    const float first = batch.inputs[0][0];
    EXPECT_TRUE(first == 0 || first == 7);
    if (first == 7) ++mirrored;
  }
  EXPECT_GT(mirrored, 3);
  EXPECT_LT(mirrored, 17);
}

TEST(Augment, RandomOrderHoldsEveryIndexOnce) {
  RandomBits bits(3);
  std::vector<std::size_t> order = random_order(100, bits);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace mote
