#include "targets/board.hpp"

#include <gtest/gtest.h>

#include <set>

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

TEST(Boards, NameTheirMemories) {
  for (const Board& board : all_boards()) {
    SCOPED_TRACE(board.name);
    std::set<std::string> names;
    std::int64_t flash = 0;
    for (std::size_t i = 0; i < board.memories.size(); ++i) {
      const BoardMemory& memory = board.memories[i];
      EXPECT_TRUE(names.insert(memory.name).second);
      EXPECT_EQ(memory.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos);
      EXPECT_GT(memory.bytes, 0);
      EXPECT_TRUE(i == 0 || board.memories[i - 1].holds_data() || !memory.holds_data()) << "RAM stands before flash";
      if (!memory.holds_data()) flash += memory.bytes;
      for (std::size_t j = 0; j < i && memory.address; ++j) {
        const BoardMemory& other = board.memories[j];
        EXPECT_TRUE(*memory.address + static_cast<std::uint64_t>(memory.bytes) <= *other.address ||
                    *other.address + static_cast<std::uint64_t>(other.bytes) <= *memory.address);
      }
    }
    EXPECT_TRUE(!board.memories.empty() && board.memories[0].holds_data());
    EXPECT_GE(flash, board.flash_bytes);
  }
  EXPECT_EQ(find_board("stm32h735g-dk").memories[0].access_cycles, 1);
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
