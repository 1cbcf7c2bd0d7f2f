#include "search/budget.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

TEST(Budget, ReadsEveryLimitAndUnit) {
  const BudgetRequest all = parse_budget("flash=64K,ram=24000,latency=30ms@nucleo-l4r5zi,energy=1mJ");
  EXPECT_EQ(all.budget.flash_bytes, 65536);
  EXPECT_EQ(all.budget.ram_bytes, 24000);
  EXPECT_DOUBLE_EQ(*all.budget.milliseconds, 30);
  EXPECT_DOUBLE_EQ(*all.budget.millijoules, 1);
  EXPECT_EQ(all.board, "nucleo-l4r5zi");
  EXPECT_DOUBLE_EQ(*parse_budget("latency=250us").budget.milliseconds, 0.25);
  EXPECT_DOUBLE_EQ(*parse_budget("energy=400uJ").budget.millijoules, 0.4);
  EXPECT_EQ(parse_budget("flash=0.5M").budget.flash_bytes, 524288);
}

TEST(Budget, NamesThePartThatIsNone) {
  for (const std::string text : {"", "flash", "flash=", "flash=-1", "flash=64KB", "flash=nan", "flash=1e300", "speed=3", "latency=30", "energy=1", "ram=1K,,", "ram=0"})
    EXPECT_TRUE(contains(error_of([&] { parse_budget(text); }), "in the budget is no limit")) << text;
  EXPECT_TRUE(contains(error_of([] { parse_budget("ram=1K@a,flash=1K@b"); }), "two boards, a and b"));
}

TEST(Budget, TellsWhatIsExceeded) {
  const Budget budget = parse_budget("flash=1000,ram=500,latency=2ms").budget;
  EXPECT_TRUE(holds(budget, {1000, 500, 10, 2.0, {}}));
  const auto over = violations(budget, {1001, 500, 10, 2.5, {}});
  ASSERT_EQ(over.size(), 2U);
  EXPECT_EQ(over[0], "flash 1,001 bytes of 1,000");
  EXPECT_EQ(over[1], "latency 2.5 ms of 2");
}

}  // namespace
}  // namespace mote::test
