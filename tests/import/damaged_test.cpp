#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/paths.hpp"
#include "common/random.hpp"
#include "import/try_model.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes activity() { return read_file(std::string(kSourceDirectory) + "/examples/activity/activity.tflite"); }

TEST(DamagedModel, TheWholeOneIsSound) { EXPECT_EQ(try_model(activity()), ""); }

TEST(DamagedModel, CutAnywhereItIsRefusedOrStillSound) {
  const Bytes model = activity();
  int refused = 0;
  for (std::size_t length = 0; length < model.size(); length += 64) {
    ASSERT_NO_THROW(refused += try_model(std::span(model).first(length)).empty() ? 0 : 1) << length;
  }
  EXPECT_GT(refused, 150);
}

class Flips : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Flips, OfBitsAreRefusedOrStillSound) {
  const Bytes model = activity();
  Random random(GetParam());
  for (int round = 0; round < 400; ++round) {
    Bytes damaged = model;
    const int count = random.between(1, 4);
    for (int i = 0; i < count; ++i) damaged[random.below(static_cast<std::uint32_t>(model.size()))] ^= static_cast<std::uint8_t>(1U << random.below(8));
    ASSERT_NO_THROW(try_model(damaged)) << "round " << round;
  }
}

// Tables stand at both ends of the file; weights, where a flip does no harm, in the middle.
TEST_P(Flips, OfBytesInTheTablesAreRefusedOrStillSound) {
  const Bytes model = activity();
  Random random(1000 + GetParam());
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    Bytes damaged = model;
    const std::uint32_t from_the_end = 3000;
    const std::uint32_t at = random.one_in(4) ? random.below(64) : static_cast<std::uint32_t>(model.size()) - 1 - random.below(from_the_end);
    damaged[at] = random.one_in(3) ? static_cast<std::uint8_t>(random.bits()) : random.pick<std::uint8_t>({0, 1, 2, 0x7F, 0x80, 0xFF});
    ASSERT_NO_THROW(refused += try_model(damaged).empty() ? 0 : 1) << "round " << round;
  }
  EXPECT_GT(refused, 40);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Flips, testing::Range(0U, 5U));

TEST(DamagedModel, AnEmptyFile) { EXPECT_TRUE(contains(try_model({}), "not a TensorFlow Lite model: the identifier 'TFL3' is missing")); }

TEST(DamagedModel, AnotherIdentifier) {
  Bytes model = activity();
  model[4] = 'X';
  EXPECT_TRUE(contains(try_model(model), "the identifier 'TFL3' is missing\n  give a .tflite file"));
}

TEST(DamagedModel, AGitLfsPointer) {
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 11608\n";
  const std::string message = try_model({reinterpret_cast<const std::uint8_t*>(pointer.data()), pointer.size()});
  EXPECT_TRUE(contains(message, "this is a Git LFS pointer, not the model itself\n  fetch the file's content with: git lfs pull"));
}

TEST(DamagedModel, FilesAreNamedInTheMessage) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "half.tflite", "TFL3");
  const std::string path = (directory.path() / "half.tflite").string();
  EXPECT_TRUE(contains(error_of([&] { import_tflite_file(path); }), path + ": not a TensorFlow Lite model"));
}

}  // namespace
}  // namespace mote::test
