#include "pipeline/edit_config.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

TEST(EditConfig, ReplacesTheValueAndNothingElse) {
  constexpr std::string_view text =
      "# \xC3\xBC\r\n[decision] # d\r\nnames = [\"\xC3\xBC\"]\r\n  on   =  [inf,\r\n   0.8] # why\r\noff=1\r\n";
  EXPECT_EQ(with_setting(text, "decision", "on", "[inf, 0.25]"),
            "# \xC3\xBC\r\n[decision] # d\r\nnames = [\"\xC3\xBC\"]\r\n  on   =  [inf, 0.25] # why\r\noff=1\r\n");
  EXPECT_EQ(with_setting("[decision]\nwhy = \"\xC3\xBC\" # x\non = 0.5", "decision", "why", "\"z\""),
            "[decision]\nwhy = \"z\" # x\non = 0.5");
}

TEST(EditConfig, AddsWhatIsNotThereBehindTheHeading) {
  EXPECT_EQ(with_setting("[a]\n\n[decision] # d\noff = 1\n", "decision", "on", "2"), "[a]\n\n[decision] # d\non = 2\noff = 1\n");
  EXPECT_EQ(with_setting("[decision]", "decision", "on", "2"), "[decision]\non = 2\n");
}

TEST(EditConfig, RefusesWhatItCannotWrite) {
  EXPECT_TRUE(contains(error_of([] { with_setting("[a]\n", "decision", "on", "2"); }), "there is no section [decision]"));
  EXPECT_TRUE(
      contains(error_of([] { with_setting("decision = {off = 1}\n", "decision", "on", "2"); }), "write it yourself: on = 2"));
}

}  // namespace
}  // namespace mote
