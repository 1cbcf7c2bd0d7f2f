#include "targets/board.hpp"

#include <gtest/gtest.h>

#include "support/error.hpp"

namespace mote::test {
namespace {

TEST(Boards, EveryOneHasACoreAClockMemoryAndASource) {
  ASSERT_FALSE(all_boards().empty());
  for (const Board& board : all_boards()) {
    EXPECT_NO_THROW(find_target(board.target)) << board.name;
    EXPECT_GT(board.clock_hz, 1e6) << board.name;
    EXPECT_GE(board.flash_bytes, 64 * 1024) << board.name;
    EXPECT_GE(board.ram_bytes, 8 * 1024) << board.name;
    EXPECT_GE(board.nanojoules_per_cycle, 0) << board.name;
    EXPECT_FALSE(board.source.empty()) << board.name;
  }
}

TEST(Boards, AreTheirCoreWithAClockAndEnergy) {
  const Board& board = find_board("nucleo-l4r5zi");
  const Target target = board.as_target();
  EXPECT_EQ(target.name, "cortex-m4");
  EXPECT_EQ(target.clock_hz, 120e6);
  EXPECT_EQ(target.nanojoules_per_cycle, board.nanojoules_per_cycle);
  EXPECT_EQ(target.board, "nucleo-l4r5zi");
}

TEST(Boards, UnknownOnesAreRefusedWithTheKnown) {
  try {
    find_board("nucleo");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("nucleo-l4r5zi"), std::string::npos);
  }
}

}  // namespace
}  // namespace mote::test
