// Weights in fewer bits, read back by the device's code.

#include "ops/weight_codes.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "common/random.hpp"

// The device's functions have the reference's names; here they get a namespace of their own.
#define mote mote_on_device
#include "mote/unpack.hpp"
#undef mote

namespace {

using mote::WeightCode;

/// Values of which `different` are different, some of them rare.
std::vector<std::int8_t> random_values(mote::test::Random& random, int different, std::size_t count) {
  std::vector<std::int8_t> book(256);
  std::iota(book.begin(), book.end(), std::int8_t{-128});
  for (std::size_t i = book.size() - 1; i > 0; --i)
    std::swap(book[i], book[static_cast<std::size_t>(random.between(0, static_cast<int>(i)))]);
  std::vector<std::int8_t> values(count);
  for (auto& value : values) value = book[static_cast<std::size_t>(random.between(0, random.between(0, different - 1)))];
  return values;
}

template <typename Values>
std::vector<std::int8_t> read_back(const mote::CodedWeights& coded, std::size_t count) {
  Values values(coded.stream.data(), coded.symbols.data(), coded.lengths.data(), coded.bits);
  std::vector<std::int8_t> result(count);
  for (auto& value : result) value = static_cast<std::int8_t>(values.next());
  return result;
}

TEST(WeightCodes, ComeBackFromCodebooksOfEverySize) {
  mote::test::Random random(3);
  for (int different = 1; different <= 64; ++different) {
    const auto values = random_values(random, different, static_cast<std::size_t>(random.between(1, 300)));
    const auto coded = mote::encode_weights(WeightCode::kCodebook, values);
    ASSERT_TRUE(coded);
    EXPECT_LE(coded->bytes(), static_cast<std::int64_t>(values.size()) * coded->bits / 8 + 4 + 64);
    ASSERT_EQ(read_back<mote_on_device::CodedValues>(*coded, values.size()), values) << different;
  }
  std::vector<std::int8_t> all(65);
  std::iota(all.begin(), all.end(), std::int8_t{0});
  EXPECT_FALSE(mote::encode_weights(WeightCode::kCodebook, all));
}

TEST(WeightCodes, ComeBackFromHuffmanCodes) {
  mote::test::Random random(5);
  for (const int different : {1, 2, 3, 5, 16, 100, 256}) {
    const auto values = random_values(random, different, 2000);
    ASSERT_EQ(read_back<mote_on_device::HuffmanValues>(*mote::encode_weights(WeightCode::kHuffman, values), values.size()),
              values)
        << different;
  }
  // Counts that grow like Fibonacci's numbers would give codes of more than 16 bits.
  std::vector<std::int8_t> values;
  std::size_t count = 1, before = 1;
  for (int i = 0; i < 24; ++i) {
    values.insert(values.end(), count, static_cast<std::int8_t>(i));
    before = std::exchange(count, count + before);
  }
  ASSERT_EQ(read_back<mote_on_device::HuffmanValues>(*mote::encode_weights(WeightCode::kHuffman, values), values.size()), values);
}

TEST(WeightCodes, HuffmanCodesOfSkewedValuesAreShort) {
  std::vector<std::int8_t> values(4000, 0);
  for (std::size_t i = 0; i < values.size(); i += 10) values[i] = static_cast<std::int8_t>(i);
  EXPECT_LT(mote::encode_weights(WeightCode::kHuffman, values)->bytes(), 4000 * 2 / 8 + 400);
  EXPECT_LT(mote::coded_bits(WeightCode::kHuffman, values), 1.8);
}

}  // namespace
