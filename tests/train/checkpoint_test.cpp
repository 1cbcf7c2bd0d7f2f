#include "train/checkpoint.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

Checkpoint example() {
  Checkpoint checkpoint{"0123456789abcdef", {}};
  TrainingState& state = checkpoint.state;
  state.epochs_done = 2;
  state.best_epoch = 1;
  state.curve = {{0, 0.5}, {0.1 + 0.2, 1.0 / 3}, {0.25, 0.4}};
  state.slots = {{1.5F, -2.25F}, {}, {3e-30F}};
  state.best = {{1, 2}, {}, {3}};
  state.optimizer = {7, {{1, 1}, {}, {1}}, {{2, 2}, {}, {2}}};
  return checkpoint;
}

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Checkpoint, ReadsBackWhatItWrote) {
  const Checkpoint before = example();
  const Checkpoint after = parse_checkpoint(bytes_of(format_checkpoint(before)));
  EXPECT_EQ(after.fingerprint, before.fingerprint);
  EXPECT_EQ(after.state.epochs_done, 2);
  EXPECT_EQ(after.state.best_epoch, 1);
  EXPECT_EQ(after.state.curve, before.state.curve);
  EXPECT_EQ(after.state.slots, before.state.slots);
  EXPECT_EQ(after.state.best, before.state.best);
  EXPECT_EQ(after.state.optimizer.steps, 7);
  EXPECT_EQ(after.state.optimizer.first, before.state.optimizer.first);
  EXPECT_EQ(after.state.optimizer.second, before.state.optimizer.second);
}

TEST(Checkpoint, EveryCutIsRefused) {
  const std::vector<std::uint8_t> whole = bytes_of(format_checkpoint(example()));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(contains(error_of([&] { parse_checkpoint({whole.data(), size}); }), "no checkpoint")) << size;
}

TEST(Checkpoint, DamageIsNamed) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = format_checkpoint(example());
    text.replace(text.find(from), from.size(), to);
    return error_of([&] { parse_checkpoint(bytes_of(text)); });
  };
  EXPECT_TRUE(contains(with("distillation 1", "distillation 2"), "first line"));
  EXPECT_TRUE(contains(with("\"best_epoch\":1", "\"best_epoch\":9"), "epochs do not fit"));
  EXPECT_TRUE(contains(with("[2,0,1]", "[2,0,9]"), "ends too early"));
  EXPECT_TRUE(contains(with("[2,0,1]", "[2,0,0]"), "behind its end"));
  EXPECT_TRUE(contains(with("\"moments\":true", "\"moments\":null"), "no checkpoint"));
  Checkpoint endless = example();
  endless.state.slots[0][0] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(contains(error_of([&] { parse_checkpoint(bytes_of(format_checkpoint(endless))); }), "not finite"));
}

}  // namespace
}  // namespace mote::test
