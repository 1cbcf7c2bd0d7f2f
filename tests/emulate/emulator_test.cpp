#include "emulate/emulator.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "boards.hpp"
#include "support/error.hpp"
#include "support/files.hpp"
#include "tiny_model.hpp"

namespace mote {
namespace {

using testing::Values;

class Library {
 public:
  explicit Library(const FileSet& files) { write_files(directory_.path(), files); }

  EmulationJob job(std::size_t sample_count = 3) const {
    EmulationJob job;
    job.source_dir = directory_.path();
    job.model_name = "tiny";
    job.layer_count = 2;
    job.input_bytes = job.output_bytes = {1};
    job.profile = true;
    for (std::size_t i = 0; i < sample_count; ++i) {
      job.samples.push_back({.reset_before = i == 0, .bytes = {static_cast<std::uint8_t>(7 * i)}});
    }
    return job;
  }

 private:
  TemporaryDirectory directory_;
};

void expect_answers(const EmulationResult& result, std::size_t sample_count) {
  ASSERT_EQ(result.outputs.size(), sample_count);
  for (std::size_t i = 0; i < sample_count; ++i) {
    EXPECT_EQ(result.outputs[i], std::vector<std::uint8_t>{static_cast<std::uint8_t>(7 * i + 1)});
  }
}

std::string message_of(const Target& target, const EmulationJob& job) {
  try {
    emulate(target, job);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

class OnBoard : public testing::TestWithParam<Target> {};

TEST_P(OnBoard, CountsAreThoseCountedByHand) {
  const EmulationResult result = emulate(GetParam(), Library(test::counted_model()).job());
  expect_answers(result, 3);
  EXPECT_EQ(result.instructions, 32u);
  ASSERT_EQ(result.layers.size(), 2u);
  EXPECT_EQ(result.layers[0].instructions, 25u);
  EXPECT_EQ(result.layers[1].instructions, 7u);
  EXPECT_EQ(result.instruction_spread->least, 32u);
  EXPECT_EQ(result.instruction_spread->greatest, 32u);
  EXPECT_EQ(result.flash_bytes, 32u);
  EXPECT_EQ(result.flash_code_bytes, 32u);
  EXPECT_EQ(result.ram_bytes, 16u);
  EXPECT_EQ(result.stack_bytes, 8u);
  EXPECT_TRUE(result.notes.empty());
  EXPECT_EQ(result.cycles_estimate.has_value(), !GetParam().timing.empty());
}

TEST_P(OnBoard, TheFirstRunOfAModelWithStateIsLikeTheOthers) {
  const Library library(test::stateful_model());
  EmulationJob job = library.job();
  for (auto& sample : job.samples) sample.reset_before = false;
  const EmulationResult result = emulate(GetParam(), job);
  expect_answers(result, 3);
  EXPECT_TRUE(result.notes.empty());
  EXPECT_EQ(result.layers.size(), 2u);
  EXPECT_EQ(result.instruction_spread->least, result.instruction_spread->greatest);
}

TEST_P(OnBoard, TheTimerCountsTheSame) {
  ::setenv("MOTE_QEMU_NO_PLUGIN", "1", 1);
  const EmulationResult result = emulate(GetParam(), Library(test::counted_model()).job());
  ::unsetenv("MOTE_QEMU_NO_PLUGIN");
  expect_answers(result, 3);
  ASSERT_TRUE(result.instructions);
  EXPECT_NEAR(static_cast<double>(*result.instructions), 32, 1);
  EXPECT_EQ(result.stack_bytes, 8u);
  EXPECT_TRUE(result.layers.empty());
  EXPECT_FALSE(result.cycles_estimate);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_CONTAINS(result.notes[0], "MOTE_QEMU_NO_PLUGIN");
}

TEST_P(OnBoard, FaultsAreErrors) {
  const Library fault(test::plain_model("#ifdef __riscv\n__asm__ volatile(\"unimp\");\n#else\n__asm__ volatile(\"udf #0\");\n#endif\n"));
  EXPECT_CONTAINS(message_of(GetParam(), fault.job()), "fault at 0x");
  const Library overflow(test::plain_model("  volatile uint8_t big[200000]; for (auto& byte : big) byte = arena_[0];"));
  EXPECT_CONTAINS(message_of(GetParam(), overflow.job()), "stack overflow");
}

TEST_P(OnBoard, WhatDoesNotFitIsAnError) {
  const std::string message = message_of(GetParam(), Library(test::counted_model(8 << 20)).job());
  EXPECT_CONTAINS(message, "bytes of RAM are missing");
}

INSTANTIATE_TEST_SUITE_P(All, OnBoard,
                         Values(test::cortex_m0plus(), test::cortex_m3(), test::cortex_m4(), test::cortex_m7(),
                                test::cortex_m33(), test::cortex_m55(), test::rv32imc()),
                         [](const auto& each) {
                           std::string name = each.param.name;
                           name[6] = '_';
                           return name;
                         });

TEST(Emulator, EstimatesCyclesOfTheM4) {
  const EmulationResult result = emulate(test::cortex_m4(), Library(test::counted_model()).job());
  EXPECT_EQ(result.cycles_estimate, 65u);
  ASSERT_EQ(result.layers.size(), 2u);
  EXPECT_EQ(result.layers[0].cycles_estimate, 49u);
  EXPECT_EQ(result.layers[1].cycles_estimate, 16u);
}

TEST(Emulator, LongRunsWrapTheTimer) {
  const std::string loop = "  for (uint32_t i = 0; i < 20000000; ++i) __asm__ volatile(\"\");";
  const Library library(test::plain_model(loop));
  const EmulationResult by_plugin = emulate(test::cortex_m4(), library.job(1));
  ::setenv("MOTE_QEMU_NO_PLUGIN", "1", 1);
  const EmulationResult by_timer = emulate(test::cortex_m4(), library.job(1));
  ::unsetenv("MOTE_QEMU_NO_PLUGIN");
  EXPECT_GT(*by_plugin.instructions, 40000000u);
  EXPECT_NEAR(static_cast<double>(*by_timer.instructions), static_cast<double>(*by_plugin.instructions), 1);
}

TEST(Emulator, CountsTheShareOfTheLibrary) {
  const Target board = test::cortex_m4();
  const EmulationResult plain = emulate(board, Library(test::plain_model()).job());
  const Library with_memset(test::tiny_model(
      "#include <string.h>\n"
      "void tiny::Model::run() noexcept { memset(arena_ + 4, arena_[0] + 1, kOutputBytes[0] + (arena_[8] & 1)); }\n"));
  const EmulationResult more = emulate(board, with_memset.job());
  expect_answers(more, 3);
  EXPECT_LT(*plain.flash_bytes, 20u);
  EXPECT_GT(*more.flash_bytes, *plain.flash_bytes + 100);
}

TEST(Emulator, WithoutProfileNothingIsCounted) {
  const Library library(test::counted_model());
  EmulationJob job = library.job();
  job.profile = false;
  const EmulationResult result = emulate(test::cortex_m4(), job);
  expect_answers(result, 3);
  EXPECT_FALSE(result.instructions);
  EXPECT_TRUE(result.flash_bytes);
}

TEST(Emulator, AWrongNumberOfLayersIsTold) {
  const Library library(test::counted_model());
  EmulationJob job = library.job();
  job.layer_count = 3;
  const EmulationResult result = emulate(test::cortex_m4(), job);
  EXPECT_EQ(result.instructions, 32u);
  EXPECT_TRUE(result.layers.empty());
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_CONTAINS(result.notes[0], "from 2 places for 3 layers");
}

TEST_P(OnBoard, LayersMayBeCalledRowByRow) {
  const EmulationResult result = emulate(GetParam(), Library(test::rows_model()).job());
  expect_answers(result, 3);
  EXPECT_EQ(result.notes, std::vector<std::string>());
  ASSERT_EQ(result.layers.size(), 2u);
  EXPECT_EQ(result.layers[0].instructions + result.layers[1].instructions, *result.instructions);
  EXPECT_GT(result.layers[0].instructions, result.layers[1].instructions);
}

TEST(Emulator, EndlessRunsEnd) {
  const Library library(test::plain_model("  for (;;) __asm__ volatile(\"\");"));
  EmulationJob job = library.job();
  job.timeout = std::chrono::seconds(1);
  EXPECT_CONTAINS(message_of(test::cortex_m4(), job), "not done after 1 seconds");
}

TEST(Emulator, CodeThatDoesNotBuildIsToldWithTheCompilersWords) {
  const Library library(test::plain_model("  this is not C++;"));
  EXPECT_CONTAINS(message_of(test::cortex_m4(), library.job()), "tiny.cpp");
  EXPECT_CONTAINS(message_of(test::host(), library.job()), "tiny.cpp");
}

TEST(Emulator, StaticConstructorsAreRefused) {
  const Library library(test::tiny_model(
      "static int twice(int x) { volatile int y = x; return 2 * y; }\nint value = twice(4);\n"
      "void tiny::Model::run() noexcept { arena_[4] = static_cast<uint8_t>(arena_[0] + value); }\n"));
  EXPECT_CONTAINS(message_of(test::cortex_m4(), library.job()), "static constructors");
}

TEST(Emulator, AnUnknownMachineIsToldWithQemusWords) {
  Target target = test::cortex_m4();
  target.machine = "no-such-board";
  EXPECT_CONTAINS(message_of(target, Library(test::counted_model()).job()), "no-such-board");
}

TEST(Emulator, MissingToolsAreTold) {
  const Library library(test::counted_model());
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_THROW(emulate(test::cortex_m4(), library.job()), ToolMissing);
  ::setenv("PATH", path.c_str(), 1);
}

TEST(Emulator, RunsOnTheHostThousandsOfTimes) {
  const Library library(test::plain_model());
  double last = -1;
  const EmulationResult result = emulate(test::host(), library.job(5000), [&](std::string_view, double done) { last = done; });
  expect_answers(result, 5000);
  EXPECT_EQ(last, 1);
  EXPECT_FALSE(result.instructions);
  EXPECT_FALSE(result.flash_bytes);
}

TEST(Emulator, RunsOnABoardThousandsOfTimes) {
  const Library library(test::plain_model());
  expect_answers(emulate(test::cortex_m4(), library.job(5000)), 5000);
}

}  // namespace
}  // namespace mote
