#include "select/tuning.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

TEST(Tuning, FindsAfterReadingWhatWasSetBeforeWriting) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "model.tuning.json";
  KernelCall call("conv_2d", "conv_2d");
  call.set("in_c", 8).constant("weights", std::vector<std::int8_t>{1, 2, 3});
  Tuning tuning;
  tuning.set(find_target("cortex-m4"), call, 1234.5);
  tuning.write(file);
  const Tuning again = Tuning::read(file);
  EXPECT_EQ(again.find(find_target("cortex-m4"), call), std::optional(1234.5));
  EXPECT_EQ(again.find(find_target("cortex-m33"), call), std::nullopt);
  KernelCall other = call;
  other.set("in_w", 9);
  EXPECT_EQ(again.find(find_target("cortex-m4"), other), std::nullopt);
}

TEST(Tuning, IsEmptyWithoutAFile) { EXPECT_EQ(Tuning::read("there/is/no/such.json").size(), 0U); }

TEST(Tuning, RefusesWhatItDidNotWrite) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "other.json";
  for (const char* text : {"", "{", "[]", "3", "null", R"({"format": 1})", R"({"format": "mote tuning 1"})",
                           R"({"format": "mote tuning 1", "costs": []})", R"({"format": "mote tuning 1", "costs": {"a": "1"}})",
                           R"({"format": "mote tuning 1", "costs": {"a": [1]}})",
                           R"({"format": "mote tuning 1", "costs": {"a": -1}})",
                           R"({"format": "mote tuning 1", "costs": {"a": null}})"}) {
    write_file(file, text);
    EXPECT_THROW(Tuning::read(file), Error) << text;
  }
}

}  // namespace
}  // namespace mote::test
