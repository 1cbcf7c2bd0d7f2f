#include "targets/target.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

TEST(Targets, AreOrderedByTheirNames) {
  ASSERT_GT(all_targets().size(), 2U);
  for (std::size_t i = 1; i < all_targets().size(); ++i) EXPECT_LT(all_targets()[i - 1].name, all_targets()[i].name);
}

TEST(Targets, EveryOneRunsPortableKernelsAndEveryEstimateNamesItsSource) {
  for (const Target& target : all_targets()) {
    EXPECT_TRUE(target.has(Isa::kPortable)) << target.name;
    EXPECT_FALSE(!target.timing.empty() && target.source.empty()) << target.name;
    EXPECT_FALSE(target.description.empty()) << target.name;
  }
}

TEST(Targets, EmulatedOnesSayHowToCompileAndWhereMemoryLies) {
  for (const Target& target : all_targets()) {
    if (target.machine.empty()) continue;
    EXPECT_FALSE(target.compile_flags.empty()) << target.name;
    EXPECT_GT(target.flash.length, 0U) << target.name;
    EXPECT_GT(target.ram.length, 0U) << target.name;
  }
}

TEST(Targets, AnUnknownNameIsAnErrorThatListsThem) {
  const std::string message = error_of([] { find_target("cortex-m99"); });
  EXPECT_TRUE(contains(message, "there is no target 'cortex-m99'\n  targets: "));
  for (const Target& target : all_targets()) EXPECT_TRUE(contains(message, target.name));
}

}  // namespace
}  // namespace mote::test
