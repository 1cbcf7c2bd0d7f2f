#include "search/layer_options.hpp"

#include <gtest/gtest.h>

namespace mote::test {
namespace {

LayerOptions layer(std::string name, std::vector<LayerOption> options) { return {std::move(name), std::move(options)}; }

TEST(OptionLadder, GoesFromPlainToTheLeastWithTheLeastErrorOnTheWay) {
  const std::vector<LayerOptions> layers{
      layer("large", {{{}, 1e-4, 1000, 50}, {{4}, 1e-2, 500, 50}, {{2}, 0.3, 250, 50}}),
      layer("small", {{{}, 1e-4, 100, 10}, {{4}, 2e-2, 50, 10}, {{2}, 0.5, 25, 10}}),
  };
  const auto ladder = option_ladder(layers, LayerGoal::kFlash, 4);
  ASSERT_GE(ladder.size(), 3U);
  EXPECT_EQ(ladder.front(), (std::vector<std::size_t>{0, 0}));
  EXPECT_EQ(ladder.back(), (std::vector<std::size_t>{2, 2}));
  // The large layer saves most for its error, so it goes first.
  EXPECT_EQ(ladder[1], (std::vector<std::size_t>{1, 0}));
}

TEST(OptionLadder, OneStepWhereNothingSaves) {
  const std::vector<LayerOptions> layers{layer("only", {{{}, 1e-4, 100, 10}, {{4}, 2e-2, 50, 10}})};
  EXPECT_EQ(option_ladder(layers, LayerGoal::kCycles, 4).size(), 1U);
}

}  // namespace
}  // namespace mote::test
