#include "support/interruption.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Interruption, IsAskedForOnceAndEndsTheProgramWhenRepeated) {
  const auto interrupt_twice = [] {
    const Interruption interruption;
    std::raise(SIGINT);
    if (interruption.asked()) std::raise(SIGINT);
  };
  EXPECT_EXIT(interrupt_twice(), testing::KilledBySignal(SIGINT), "");
  const Interruption interruption;
  EXPECT_FALSE(interruption.asked());
  std::raise(SIGINT);
  EXPECT_TRUE(interruption.asked());
}

}  // namespace
}  // namespace mote
