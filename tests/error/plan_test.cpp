// What `mote plan` says about budgets, and which exit codes it gives: 0 there is a plan, 1 there is none for the budgets, 2 bad
// usage.

#include <nlohmann/json.hpp>

#include "common/errors.hpp"
#include "error/command.hpp"

namespace mote::test {
namespace {

void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) EXPECT_TRUE(contains(text, part));
}

TEST(PlanCommand, WithoutABudgetShowsTheFront) {
  const ProcessResult result = mote({"plan", kActivity, "-t", "cortex-m4"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_parts(result.output, {"RAM", "cycles", "slower", "flash", "layers by rows", "--ram "});
}

TEST(PlanCommand, TheFirstOfTheFrontIsTheFastest) {
  const ProcessResult result = mote({"plan", kActivity, "-t", "cortex-m4", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const auto front = nlohmann::json::parse(result.output).at("front");
  EXPECT_EQ(front[0].at("slowdown"), 0.0);
  for (std::size_t i = 1; i < front.size(); ++i) {
    EXPECT_LT(front[i].at("ram_bytes"), front[i - 1].at("ram_bytes"));
  }
}

TEST(PlanCommand, WithABudgetShowsWhereEveryByteLives) {
  const ProcessResult result = mote({"plan", kActivity, "-t", "cortex-m4", "--ram", "4K"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_parts(result.output,
               {"offset", "input '", "output of conv_2d", "peak at ", "no placement of these buffers can be smaller than"});
}

TEST(PlanCommand, WhatDoesNotFitIs1WithPeakTensorsAndRemedies) {
  const ProcessResult result = mote({"plan", kActivity, "-t", "cortex-m4", "--ram", "100"});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  expect_parts(result.output, {"does not fit 100 bytes of RAM", "the fastest plan takes ", "peak at ", "what lives at the peak",
                               "remedies", "saved", "needs training"});
}

TEST(PlanCommand, ASmallBudgetOfFlashIs1WithTables) {
  const ProcessResult result = mote({"plan", kActivity, "-t", "cortex-m4", "--flash", "1K", "--json"});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json.at("short_of"), "flash");
  EXPECT_FALSE(json.at("largest_tables").empty());
}

TEST(PlanCommand, WritesAPicture) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "arena.svg";
  EXPECT_EQ(mote({"plan", kActivity, "-t", "cortex-m4", "--goal", "ram", "--svg", file}).exit_code, 0);
  const std::vector<std::uint8_t> bytes = read_file(file);
  EXPECT_TRUE(std::string(bytes.begin(), bytes.end()).starts_with("<svg "));
  EXPECT_EQ(mote({"plan", kActivity, "-t", "cortex-m4", "--svg", "/proc/mote/arena.svg"}).exit_code, 2);
}

TEST(PlanCommand, OptionsThatContradictAre2) {
  const ProcessResult slow = mote({"plan", kActivity, "-t", "cortex-m4", "--slowdown", "5%"});
  EXPECT_EQ(slow.exit_code, 2);
  EXPECT_TRUE(contains(slow.errors, "--slowdown says what --goal ram or --goal flash may cost"));
  const ProcessResult rows = mote({"plan", kActivity, "-t", "cortex-m4", "--no-rows", "--feed-rows"});
  EXPECT_EQ(rows.exit_code, 2);
  EXPECT_TRUE(contains(rows.errors, "contradict each other"));
  EXPECT_EQ(mote({"plan", kActivity, "-t", "cortex-m4", "--goal", "everything"}).exit_code, 2);
}

TEST(PlanCommand, CompilePointsToIt) {
  const TemporaryDirectory directory;
  const ProcessResult result = mote({"compile", kActivity, "-t", "cortex-m4", "-o", directory.path() / "out", "--ram", "100"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(contains(result.errors, "`mote plan`"));
}

}  // namespace
}  // namespace mote::test
