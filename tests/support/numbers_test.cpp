#include "support/numbers.hpp"

#include <gtest/gtest.h>

namespace mote::test {
namespace {

TEST(TakeNumber, TakesWhatIsANumberAndLeavesTheRest) {
  std::string_view text = "2.5e1ms";
  EXPECT_EQ(take_number(text), 25.0);
  EXPECT_EQ(text, "ms");
}

TEST(TakeNumber, RefusesWhatIsNoFiniteNumberFromZeroOn) {
  for (const std::string_view each : {"", "ms", "-1", "-0", "nan", "inf", "infinity", "1e999", "+1"}) {
    std::string_view text = each;
    EXPECT_FALSE(take_number(text)) << each;
    EXPECT_EQ(text, each);
  }
}

}  // namespace
}  // namespace mote::test
