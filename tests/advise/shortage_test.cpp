#include "advise/shortage.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "advise/choices.hpp"
#include "common/graph_builder.hpp"
#include "report/shortage_report.hpp"

namespace mote::test {
namespace {

/// Three convolutions of an image, each of which can run row by row; what lies between the first two is the largest.
Graph image_model() {
  GraphBuilder builder("image");
  TensorId x = builder.input({1, 24, 24, 3});
  std::int32_t stride = 1;
  for (const std::int32_t outputs : {16, 16, 4}) {
    const std::int32_t inputs = builder.tensor(x).shape.back();
    std::vector<std::int8_t> values(static_cast<std::size_t>(outputs * 9 * inputs));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(i * 37 % 201 - 100);
    const TensorId w = builder.constant(Shape{outputs, 3, 3, inputs}, values, quantized(0.01F));
    const TensorId b = builder.constant(Shape{outputs}, std::vector<std::int32_t>(static_cast<std::size_t>(outputs), 5));
    x = builder.node("conv_2d", {x, w, b},
                     {{"padding", Padding{Padding::Kind::kSame}}, {"stride_h", stride}, {"stride_w", stride}}, quantized(2.0F));
    stride = 2;
  }
  builder.output(x);
  return builder.finish();
}

const Target& target() { return find_target("cortex-m4"); }

const Remedy* find(const Shortage& shortage, std::string_view options) {
  const auto found = std::find_if(shortage.remedies.begin(), shortage.remedies.end(),
                                  [&](const Remedy& each) { return each.options == options; });
  return found == shortage.remedies.end() ? nullptr : &*found;
}

Shortage shortage_of_ram(std::int64_t bytes, SelectionOptions options = {}) {
  options.ram_bytes = bytes;
  EXPECT_THROW(make_plan(image_model(), target(), options), DoesNotFit);
  return explain_shortage(image_model(), target(), options, {});
}

TEST(Shortage, TheLeastPlanIsTheLeastThatFits) {
  const Shortage shortage = shortage_of_ram(300);
  EXPECT_TRUE(shortage.of_ram);
  EXPECT_EQ(shortage.budget_bytes, 300);
  SelectionOptions options;
  options.ram_bytes = shortage.nearest.ram_bytes();
  EXPECT_LE(make_plan(image_model(), target(), options).ram_bytes(), shortage.nearest.ram_bytes());
  EXPECT_LE(shortage.nearest.ram_bytes(), shortage.fastest.ram_bytes());
}

TEST(Shortage, EveryRemedySavesAndTheCheapestComeFirst) {
  const Shortage shortage = shortage_of_ram(300);
  ASSERT_FALSE(shortage.remedies.empty());
  double last = HUGE_VAL;
  for (const Remedy& each : shortage.remedies) {
    EXPECT_TRUE(each.fits || each.costs.ram_bytes < shortage.nearest.ram_bytes()) << each.what;
    EXPECT_EQ(each.fits, each.costs.ram_bytes <= 300) << each.what;
    const double added = each.costs.cycles - shortage.nearest.cycles();
    const double score = added <= 0 ? HUGE_VAL : static_cast<double>(shortage.nearest.ram_bytes() - each.costs.ram_bytes) / added;
    EXPECT_LE(score, last) << each.what;
    last = score;
  }
}

TEST(Shortage, RowsThatWereForbiddenAreARemedyOfThatVeryPlan) {
  SelectionOptions least;
  least.goal = Goal::kRam;
  least.most_slowdown = 1e9;
  const std::int64_t by_rows = make_plan(image_model(), target(), least).ram_bytes();
  least.by_rows = false;
  ASSERT_LT(by_rows, make_plan(image_model(), target(), least).ram_bytes());
  SelectionOptions options;
  options.by_rows = false;
  const Shortage shortage = shortage_of_ram(by_rows, options);
  const Remedy* remedy = find(shortage, "without --no-rows");
  ASSERT_NE(remedy, nullptr);
  EXPECT_TRUE(remedy->fits);
  EXPECT_LE(remedy->costs.ram_bytes, by_rows);
}

TEST(Shortage, FewerChannelsAtThePeakNeedTraining) {
  const Shortage shortage = shortage_of_ram(300);
  EXPECT_TRUE(std::any_of(shortage.remedies.begin(), shortage.remedies.end(), [](const Remedy& each) {
    return each.by == Remedy::By::kTraining && each.what.find("8 of ") == 0 &&
           each.what.find("'s 16 channels") != std::string::npos;
  }));
}

TEST(Shortage, OfFlashItNamesTables) {
  SelectionOptions options;
  options.flash_bytes = 2000;
  const Shortage shortage = explain_shortage(image_model(), target(), options, {});
  EXPECT_FALSE(shortage.of_ram);
  EXPECT_LE(shortage.nearest.flash_bytes(), shortage.fastest.flash_bytes());
  const Json json = shortage_json(shortage);
  EXPECT_EQ(json["short_of"], "flash");
  EXPECT_GE(json["largest_tables"][0]["bytes"], json["largest_tables"][1]["bytes"]);
  for (const Remedy& each : shortage.remedies) EXPECT_LT(each.costs.flash_bytes, shortage.nearest.flash_bytes()) << each.what;
}

TEST(Shortage, OnABoardOthersWithMoreArePossible) {
  Target small = find_target("cortex-m4");
  small.board = "a small one";
  SelectionOptions options;
  options.ram_bytes = 300;
  const Shortage shortage = explain_shortage(image_model(), small, options, {});
  const auto boards = std::count_if(shortage.remedies.begin(), shortage.remedies.end(), [](const Remedy& each) {
    return each.by == Remedy::By::kBoard && each.fits && each.options.starts_with("--board ");
  });
  EXPECT_EQ(boards, 3);
}

// The options that are shown give that very plan.
TEST(Choices, OptionsGiveTheirPlan) {
  const std::vector<PlanChoice> choices = find_choices(image_model(), target(), {});
  ASSERT_GT(choices.size(), 1U);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const PlanChoice& each = choices[i];
    SelectionOptions options;
    ASSERT_TRUE(each.options.starts_with("--ram "));
    options.ram_bytes = std::stoll(each.options.substr(6));
    options.feed_rows = each.options.find("--feed-rows") != std::string::npos;
    EXPECT_LE(each.plan.ram_bytes(), *options.ram_bytes);
    const Plan again = make_plan(image_model(), target(), options);
    EXPECT_EQ(again.ram_bytes(), each.plan.ram_bytes()) << each.options;
    EXPECT_EQ(again.cycles(), each.plan.cycles()) << each.options;
    if (i > 0) {
      EXPECT_LT(each.plan.ram_bytes(), choices[i - 1].plan.ram_bytes());
    }
  }
}

}  // namespace
}  // namespace mote::test
